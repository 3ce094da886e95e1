"""Where this project keeps what can be made again; the same folder as the editor's."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def cache_root() -> Path:
    """`FINETUNE_CACHE_DIR`, else the platform's cache folder for this project."""
    if chosen := os.environ.get("FINETUNE_CACHE_DIR"):
        return Path(chosen)
    home = Path.home()
    if platform.system() == "Windows":
        base = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
    elif platform.system() == "Darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "unsloth-finetune"
