"""`finetune.json` beside every artefact: where it came from."""

from __future__ import annotations

from typing import Any

from .environment import versions
from .plan import Plan


def about(plan: Plan, base: str) -> dict[str, Any]:
    return {
        "version": 1,
        "name": plan.name,
        "plan_id": plan.plan_id,
        "base_model": base,
        "method": plan.training.method,
        "max_seq_length": plan.model.max_seq_length,
        "versions": versions(),
        **({"note": "trained on a de-quantised copy of the base model"} if plan.model.embedded else {}),
    }
