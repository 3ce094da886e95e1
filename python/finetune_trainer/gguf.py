"""GGUF files by llama.cpp, when it is there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from .events import Events
from .files import bytes_of
from .llama_cpp import require_llama_cpp, show_to_unsloth
from .plan import Plan, Save
from .refusal import Refusal
from .save import keep_merged, need_space


def export_gguf(run: Path, plan: Plan, model: Any, tokenizer: Any, item: Save, events: Events) -> None:
    """`export/gguf/<name>.<QUANTISATION>.gguf`, one file each.

    Raises Refusal without llama.cpp and RuntimeError when it fails; the merged model is kept then.
    """
    with events.phase("export", f"gguf {', '.join(item.quantization_method)}", can_stop=False):
        building = run / "export" / ".gguf.writing"
        try:
            for file in convert(run, plan, model, tokenizer, item, building):
                final = run / "export" / "gguf" / file.name
                final.parent.mkdir(exist_ok=True)
                file.replace(final)
                events.emit("artifact", kind="gguf", path=final.relative_to(run).as_posix(), bytes=bytes_of(final))
        except (Refusal, RuntimeError):
            shutil.rmtree(building, ignore_errors=True)
            keep_merged(run, plan, model, tokenizer, events)
            raise
        finally:
            # With the merged model that fed the converter: it is not what was asked for.
            shutil.rmtree(building, ignore_errors=True)


def convert(run: Path, plan: Plan, model: Any, tokenizer: Any, item: Save, building: Path) -> list[Path]:
    """The files, below `building`."""
    llama_cpp = require_llama_cpp()
    need_space(run, model, "gguf")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    # Unsloth names the files after the folder, and on a GPU writes them beside it.
    named = building / (re.sub(r"[^\w.-]+", "-", plan.name)[:60].strip(".-") or "model")
    shown = show_to_unsloth(llama_cpp, Path.cwd())
    try:
        model.save_pretrained_gguf(str(named), tokenizer, quantization_method=item.quantization_method)
    finally:
        if shown is not None:
            shutil.rmtree(shown, ignore_errors=True)
    files = sorted(building.rglob("*.gguf"))
    if not files:
        raise RuntimeError("GGUF conversion failed: no .gguf file was written")
    return files
