"""Environment variables before anything heavy is imported, and what the environment turned out to be."""

from __future__ import annotations

import json
import os
import platform
import shutil
from pathlib import Path
from typing import Any

from .plan import Plan
from .ranks import this_rank

PACKAGES = (
    "unsloth",
    "unsloth_zoo",
    "torch",
    "transformers",
    "trl",
    "peft",
    "datasets",
    "accelerate",
    "bitsandbytes",
    "xformers",
    "flash-attn",
    "triton",
)


def needs_network(plan: Plan) -> bool:
    """True when something of the plan lies on the Hub."""
    sources = [*plan.dataset, *(plan.eval_dataset or [])]
    local_model = plan.model.embedded is not None or plan.model.input is not None
    return not local_model or any(s.hub for s in sources) or any(s.push_to_hub for s in plan.save)


def prepare(plan: Plan, inputs: dict[str, Path]) -> None:
    """Set what must be set before Unsloth is imported and the launcher has not set."""
    values = {
        # Never let a library install system packages by itself.
        "UNSLOTH_AUTO_INSTALL": "0",
        "UNSLOTH_DISABLE_STATISTICS": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "GOMP_SPINCOUNT": "10000",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        # Bars are for terminals; progress is in the events.
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    }
    if not needs_network(plan):
        values["HF_HUB_OFFLINE"] = "1"
        values["TQDM_DISABLE"] = "1"
    if is_gemma2(plan, inputs):
        # The compiler of torch 2.11 fails on this family; without it the family trains.
        values["TORCHDYNAMO_DISABLE"] = "1"
    gpus = plan.compute["local"]["gpus"]
    if plan.compute["target"] == "local" and isinstance(gpus, list):
        values["CUDA_VISIBLE_DEVICES"] = ",".join(str(index) for index in gpus)
    for name, value in values.items():
        os.environ.setdefault(name, value)
    if os.environ.get("UNSLOTH_FORCE_CPU") == "1":
        # It lets an image for GPUs start without one, and would make Unsloth speak to a card that is not there.
        os.environ.pop("UNSLOTH_ALLOW_CPU", None)


def is_gemma2(plan: Plan, inputs: dict[str, Path]) -> bool:
    """By the config of a local folder, else by the name."""
    if plan.model.input is None:
        return "gemma-2-" in plan.model.name.lower()
    return model_type(plan, inputs) == "gemma2"


def model_type(plan: Plan, inputs: dict[str, Path]) -> str:
    """By the config.json of a local folder; empty where there is none."""
    if plan.model.input is None:
        return ""
    try:
        config = json.loads((inputs[plan.model.input] / "config.json").read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return ""
    return str(config.get("model_type", ""))


def cpu_has_bf16() -> bool:
    """Whether this CPU computes in bfloat16 itself; emulated it is about 27 times slower."""
    if platform.system() != "Linux":
        return False
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    flags = next((line for line in text.splitlines() if line.startswith("flags")), "").split()
    return "avx512_bf16" in flags or "amx_bf16" in flags


def versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def on_gpu() -> bool:
    """Whether Unsloth chose CUDA. Call after `import unsloth`."""
    import torch

    return torch.cuda.is_available() and os.environ.get("UNSLOTH_FORCE_CPU") != "1"


def devices() -> list[dict[str, Any]]:
    if not on_gpu():
        return [
            {
                "index": 0,
                "uuid": None,
                "name": cpu_name(),
                "total_bytes": total_memory(),
                "capability": None,
            }
        ]
    if (handover := this_rank().handover) is not None and handover.devices:
        # This rank sees its own only.
        return handover.devices
    import torch

    found = []
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        uuid = getattr(properties, "uuid", None)
        found.append(
            {
                "index": index,
                "uuid": None if uuid is None else f"GPU-{uuid}",
                "name": properties.name,
                "total_bytes": properties.total_memory,
                "capability": f"{properties.major}.{properties.minor}",
            }
        )
    return found


def cpu_name() -> str:
    if platform.system() == "Linux":
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return f"{line.split(':', 1)[1].strip()} ({os.cpu_count()} cores)"
    return f"{platform.processor() or platform.machine()} ({os.cpu_count()} cores)"


def total_memory() -> int:
    import psutil

    return psutil.virtual_memory().total


def own_folder(run: Path) -> None:
    """Work inside the run folder: Unsloth writes its compile cache into the current directory."""
    work = run / "work"
    work.mkdir(exist_ok=True)
    os.chdir(work)


def remove_compile_cache(run: Path) -> None:
    """What Unsloth generated for this process: the next one writes it anew, and nobody else reads it."""
    shutil.rmtree(run / "work" / "unsloth_compiled_cache", ignore_errors=True)
