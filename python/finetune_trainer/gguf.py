"""GGUF files by llama.cpp, when it is there; nothing is installed behind anybody's back."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from .events import Events
from .files import bytes_of
from .plan import Save
from .refusal import Refusal
from .save import need_space

HINT = (
    "build llama.cpp (cmake, a C++ compiler) in ~/.unsloth/llama.cpp or name its folder in UNSLOTH_LLAMA_CPP_PATH, "
    "then export again; or export merged_16bit and convert it on another machine"
)
CONVERTERS = ("convert_hf_to_gguf.py", "convert-hf-to-gguf.py")


def find_llama_cpp() -> Path | None:
    """The folder of a usable llama.cpp: a quantizer and a converter in it."""
    chosen = os.environ.get("UNSLOTH_LLAMA_CPP_PATH")
    places = [Path(chosen)] if chosen else [Path.home() / ".unsloth" / "llama.cpp", Path.cwd() / "llama.cpp"]
    for place in places:
        quantizer = next((p for p in place.rglob("llama-quantize*") if p.is_file()), None) if place.is_dir() else None
        if quantizer is not None and any((place / name).exists() for name in CONVERTERS):
            return place
    return None


def refuse_without_llama_cpp() -> None:
    if find_llama_cpp() is None:
        raise Refusal("llama-cpp-missing", "GGUF needs llama.cpp, which was not found on this machine", "save", HINT)


def export_gguf(run: Path, model: Any, tokenizer: Any, item: Save, events: Events) -> None:
    """`export/gguf/<name>.gguf`, one file a quantisation. Raises Refusal without llama.cpp."""
    with events.phase("export", f"gguf {', '.join(item.quantization_method)}", can_stop=False):
        refuse_without_llama_cpp()
        need_space(run, model, "gguf")
        building = run / "export" / ".gguf.writing"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        model.save_pretrained_gguf(str(building), tokenizer, quantization_method=item.quantization_method)
        files = sorted([*building.rglob("*.gguf"), *building.parent.glob(".gguf.writing_gguf/*.gguf")])
        if not files:
            raise RuntimeError("GGUF conversion failed: no .gguf file was written")
        target = run / "export" / "gguf"
        target.mkdir(exist_ok=True)
        for file in files:
            final = target / file.name.removeprefix(".gguf.writing").lstrip(".")
            file.replace(final)
            events.emit("artifact", kind="gguf", path=final.relative_to(run).as_posix(), bytes=bytes_of(final))
        # The merged model that fed the converter is not what was asked for.
        shutil.rmtree(building, ignore_errors=True)
        shutil.rmtree(building.with_name(".gguf.writing_gguf"), ignore_errors=True)
