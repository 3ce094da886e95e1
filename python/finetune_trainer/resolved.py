"""`resolved.json`: what the names in the plan turned out to be; later attempts are held against it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .checkpoints import ResumeError
from .environment import versions
from .events import Events
from .files import write_json
from .plan import Plan

NAME = "resolved.json"
# A change of these changes what is learnt; of others perhaps.
WATCHED = ("unsloth", "unsloth_zoo", "torch", "transformers", "trl", "peft")


def resolve(plan: Plan, model: Any, tokenizer: Any) -> dict[str, Any]:
    config = getattr(model, "config", None)
    return {
        "version": 1,
        "model": {"name": plan.model.name, "commit": getattr(config, "_commit_hash", None)},
        "chat_template": tokenizer.chat_template,
        "inputs": {name: item["sha256"] for name, item in plan.inputs.items()},
        "versions": versions(),
    }


def settle(run: Path, plan: Plan, model: Any, tokenizer: Any, events: Events, resumed: bool) -> None:
    """Write the file, or compare with it when the attempt goes on from a checkpoint. Raises ResumeError."""
    path = run / NAME
    found = resolve(plan, model, tokenizer)
    if not resumed or not path.exists():
        write_json(path, found)
        return
    before = json.loads(path.read_text(encoding="utf-8"))
    if before["model"]["commit"] != found["model"]["commit"]:
        raise ResumeError(
            f"{plan.model.name} is another revision on the Hub now ({found['model']['commit']}, the run began with "
            f"{before['model']['commit']}): name that in model.revision",
            "model.revision",
        )
    if before["chat_template"] != found["chat_template"]:
        raise ResumeError("the chat template is not the one that the run began with: start a new run", "dataset")
    changed = [
        f"{name} {before['versions'].get(name)} → {found['versions'].get(name)}"
        for name in WATCHED
        if before["versions"].get(name) != found["versions"].get(name)
    ]
    if changed:
        events.warn(
            "versions-changed", f"The environment is not the one that the run began with: {', '.join(changed)}."
        )
