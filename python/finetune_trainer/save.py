"""The artefacts of a run: adapter or model, merged model, each able to live on its own."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .callback import name_base
from .environment import on_gpu
from .events import Events
from .files import bytes_of, write_folder
from .model import source_of
from .plan import Plan, Save, read_plan
from .save_record import about


def save_trained(run: Path, plan: Plan, model, tokenizer, events: Events) -> None:
    """`adapter/`, or `model/` after full fine-tuning: the first thing that is safe."""
    kind = "adapter" if plan.lora is not None or hasattr(model, "peft_config") else "model"

    def fill(folder: Path) -> None:
        if kind == "model":
            model.save_pretrained(folder, safe_serialization=True)
        else:
            model.save_pretrained(folder, selected_adapters=["default"])
            name_base(folder, plan)
        add_companions(folder, plan, model, tokenizer)

    with events.phase("save", kind, can_stop=False):
        write_artifact(run, kind, kind, fill, events)


def write_artifact(run: Path, kind: str, relative: str, fill: Callable[[Path], None], events: Events) -> None:
    target = run / relative
    write_folder(target, fill)
    events.emit("artifact", kind=kind, path=relative, bytes=bytes_of(target))


def add_companions(folder: Path, plan: Plan, model, tokenizer) -> None:
    """Tokenizer with the chat template used, generation settings that stop, and where it came from."""
    tokenizer.save_pretrained(folder)
    generation = generation_settings(model, tokenizer)
    (folder / "generation_config.json").write_text(json.dumps(generation, indent=2), encoding="utf-8")
    (folder / "finetune.json").write_text(json.dumps(about(plan, plan.model.name), indent=2), encoding="utf-8")
    # A model card is written by whoever publishes; the libraries' template only holds empty headings.
    (folder / "README.md").unlink(missing_ok=True)


def generation_settings(model, tokenizer) -> dict[str, Any]:
    """The model's own settings, with every token that may end an answer."""
    config = getattr(model, "generation_config", None)
    settings = {} if config is None else config.to_diff_dict()
    stops = settings.get("eos_token_id")
    stops = [stops] if isinstance(stops, int) else list(stops or [])
    if tokenizer.eos_token_id is not None and tokenizer.eos_token_id not in stops:
        stops.append(tokenizer.eos_token_id)
    settings["eos_token_id"] = stops[0] if len(stops) == 1 else stops
    if tokenizer.pad_token_id is not None:
        settings["pad_token_id"] = tokenizer.pad_token_id
    settings.pop("transformers_version", None)
    return settings


def export_item(run: Path, plan: Plan, model, tokenizer, item: Save, events: Events) -> None:
    """One entry of `save`."""
    if item.method == "gguf":
        from .gguf import export_gguf

        export_gguf(run, plan, model, tokenizer, item, events)
    else:
        merge(run, plan, model, tokenizer, item.method, events)
    if item.push_to_hub:
        from .hub_push import push

        push(run, plan, item, run / "export" / item.method, events)


@contextmanager
def adapter_with_local_base(run: Path, source: Path) -> Iterator[Path]:
    """`source`, or a copy of it whose base model is the folder on this machine when the base is a local one."""
    config = source / "adapter_config.json"
    plan, inputs = read_plan(run)
    if not config.exists() or (plan.model.input is None and plan.model.embedded is None):
        yield source
        return
    with tempfile.TemporaryDirectory(dir=run / "work", prefix="adapter-") as folder:
        copy = Path(shutil.copytree(source, Path(folder) / "adapter"))
        settings = json.loads(config.read_text(encoding="utf-8"))
        settings["base_model_name_or_path"] = source_of(plan, inputs)
        (copy / "adapter_config.json").write_text(json.dumps(settings), encoding="utf-8")
        yield copy


def merge(run: Path, plan: Plan, model, tokenizer, method: str, events: Events) -> None:
    """`export/<method>/` with Unsloth's own merge."""
    # Unsloth names the forced 4-bit merge differently: asking for the plain name is refused.
    asked = {"merged_16bit": "merged_16bit", "merged_4bit": "merged_4bit_forced"}[method]

    def fill(folder: Path) -> None:
        if hasattr(model, "save_pretrained_merged"):
            model.save_pretrained_merged(str(folder), tokenizer, save_method=asked)
        else:
            raise RuntimeError(f"{type(model).__name__} cannot be merged by this version of Unsloth")
        (folder / "adapter_config.json").unlink(missing_ok=True)
        add_companions(folder, plan, model, tokenizer)

    with events.phase("export", method, can_stop=False):
        need_space(run, model, method)
        write_artifact(run, method, f"export/{method}", fill, events)


def keep_merged(run: Path, plan: Plan, model, tokenizer, events: Events) -> None:
    """What another machine can make GGUF of, when this one cannot."""
    wanted = any(item.method == "merged_16bit" for item in plan.save)
    if not wanted and not (run / "export" / "merged_16bit").exists():
        merge(run, plan, model, tokenizer, "merged_16bit", events)


def need_space(run: Path, model, what: str) -> None:
    """Refuse before half of it is written. 2 bytes a parameter, and as much again for moving parts."""
    count = sum(parameter.numel() for parameter in model.parameters())
    needed = count * 2 * (2 if on_gpu() else 1)
    free = shutil.disk_usage(run).free
    if free < needed:
        raise OSError(
            28,
            f"No space left on device: {what} needs about {needed / 2**30:.1f} GB, {free / 2**30:.1f} GB are free",
            str(run),
        )
