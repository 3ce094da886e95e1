"""What this version, or this machine, cannot do, said in one sentence before anything heavy happens."""

from __future__ import annotations

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
    gpus, strategy = plan.compute["local"]["gpus"], plan.compute["local"]["strategy"]
    several = gpus == "all" or (isinstance(gpus, list) and len(gpus) > 1)
    if plan.compute["target"] == "local" and several and strategy == "ddp":
        raise Refusal(
            "ddp-not-supported",
            "several GPUs by ddp are not trained by this version",
            "compute.local.strategy",
            "set strategy: balanced, which spreads the model over the GPUs, or name one GPU",
        )
    if any(item.push_to_hub for item in plan.save):
        raise Refusal(
            "push-not-supported",
            "this version does not push to the Hub",
            "save.push_to_hub",
            "remove push_to_hub and upload the finished folder with `hf upload`",
        )
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


def refuse_cpu(plan: Plan, exports: list[Save]) -> None:
    """What Unsloth's CPU back-end does not do. Raises Refusal."""
    training = plan.training
    if training.loraplus_lr_ratio is not None:
        raise Refusal("cpu-loraplus", "LoRA+ needs a GPU", "training.loraplus_lr_ratio", "remove loraplus_lr_ratio")
    if any(item.method == "merged_4bit" for item in exports):
        raise Refusal("cpu-merged-4bit", "a merged 4-bit model can only be made on a GPU", "save", "use merged_16bit")
