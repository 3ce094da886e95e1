"""Where llama.cpp is, and how Unsloth is shown it. Nothing is installed behind anybody's back."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from .refusal import Refusal

HINT = (
    "build llama.cpp (cmake -B build && cmake --build build --target llama-quantize) in ~/.unsloth/llama.cpp, or name "
    "its folder in UNSLOTH_LLAMA_CPP_PATH, then export again; or export merged_16bit and convert it on another machine"
)
CONVERTERS = ("convert_hf_to_gguf.py", "convert-hf-to-gguf.py")
QUANTIZERS = ("llama-quantize", "llama-quantize.exe")
# Where a build of llama.cpp leaves its programs: Unsloth's own, cmake's, and cmake's for Visual Studio.
BUILT_IN = (".", "build/bin", "build/bin/Release", "bin")


@dataclass(frozen=True)
class LlamaCpp:
    folder: Path
    """Holds the converter and what it imports."""
    quantizer: Path


def find_llama_cpp() -> LlamaCpp | None:
    """A usable one: a converter, and a quantizer that was built beside it or is on the PATH."""
    chosen = os.environ.get("UNSLOTH_LLAMA_CPP_PATH")
    place = Path(chosen) if chosen else Path.home() / ".unsloth" / "llama.cpp"
    quantizer = quantizer_of(place)
    if quantizer is None or not any((place / name).is_file() for name in CONVERTERS):
        return None
    return LlamaCpp(place, quantizer)


def quantizer_of(place: Path) -> Path | None:
    for candidate in (place / room / name for room in BUILT_IN for name in QUANTIZERS):
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate
    elsewhere = shutil.which("llama-quantize")
    return None if elsewhere is None else Path(elsewhere)


def require_llama_cpp() -> LlamaCpp:
    found = find_llama_cpp()
    if found is None:
        raise Refusal("llama-cpp-missing", "GGUF needs llama.cpp, which was not found on this machine", "save", HINT)
    return found


def show_to_unsloth(found: LlamaCpp, work: Path) -> Path | None:
    """Links below `work`, the current directory, as Unsloth wants them; the folder to remove afterwards, if any.

    Outside Windows it looks for the quantizer in the folder itself, and not where cmake leaves it
    (unsloth_zoo.llama_cpp.check_llama_cpp); a `llama.cpp` in the current directory is preferred to all others.
    """
    if sys.platform == "win32" or found.quantizer.parent.resolve() == found.folder.resolve():
        return None
    shown = work / "llama.cpp"
    shutil.rmtree(shown, ignore_errors=True)
    shown.mkdir()
    for entry in found.folder.iterdir():
        (shown / entry.name).symlink_to(entry.resolve())
    quantizer = shown / "llama-quantize"
    quantizer.unlink(missing_ok=True)
    quantizer.symlink_to(found.quantizer.resolve())
    return shown
