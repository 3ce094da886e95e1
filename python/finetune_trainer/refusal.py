"""What this version, or this machine, cannot do, said in one sentence before anything heavy happens."""

from __future__ import annotations

import sys

from .plan import Plan, Save


class Refusal(Exception):
    """An expected end: one sentence with the config path and the way out."""

    def __init__(self, code: str, message: str, path: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.path = path
        self.hint = hint


def refuse_plan(plan: Plan) -> None:
    """What can be seen from the plan alone. Raises Refusal."""
    wanted = [name for name in plan.training.report_to if name not in ("none",)]
    if wanted:
        from importlib.util import find_spec

        packages = {"tensorboard": "tensorboard", "wandb": "wandb", "trackio": "trackio"}
        for name in wanted:
            if name not in packages or find_spec(packages[name]) is None:
                raise Refusal(
                    "report-to-missing",
                    f"training.report_to names {name}, which is not installed in this Python environment",
                    "training.report_to",
                    f"install {packages.get(name, name)} there, or set report_to: none",
                )


def refuse_copies(plan: Plan, model_type: str, copies: int) -> None:
    """What does not train with a copy of the model on each of several GPUs. Raises Refusal.

    `model_type`: that of its config.json, empty where it is not known yet.
    """
    if copies < 2:
        return
    gemma3 = model_type in ("gemma3", "gemma3_text") or "gemma-3-" in plan.model.name.lower()
    if gemma3 and plan.training.method == "sft" and plan.training.padding_free is False:
        raise Refusal(
            "ddp-padded-gemma3",
            "Gemma 3 with padding_free: false and a copy on each GPU never ends its first step",
            "training.padding_free",
            "set padding_free: auto, or compute.local.strategy: balanced",
        )
    if sys.platform == "win32":
        raise Refusal(
            "ddp-windows",
            "PyTorch for Windows has no NCCL, which a copy on each GPU needs",
            "compute.local.strategy",
            "set strategy: balanced, use WSL, or name one GPU",
        )


def refuse_cpu(plan: Plan, exports: list[Save]) -> None:
    """What Unsloth's CPU back-end does not do. Raises Refusal."""
    training = plan.training
    if training.loraplus_lr_ratio is not None:
        raise Refusal("cpu-loraplus", "LoRA+ needs a GPU", "training.loraplus_lr_ratio", "remove loraplus_lr_ratio")
    if any(item.method == "merged_4bit" for item in exports):
        raise Refusal("cpu-merged-4bit", "a merged 4-bit model can only be made on a GPU", "save", "use merged_16bit")
