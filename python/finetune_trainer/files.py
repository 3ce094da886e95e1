"""Writing files so that a crash leaves either the old or the new one, never a half."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


def write_json(path: Path, value: Any) -> None:
    """Replace `path` atomically and durably."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names in `folder` durable. Windows has no such call: its NTFS journal does it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def files_in(folder: Path) -> Iterator[Path]:
    """Every regular file below `folder`, sorted, without following links."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def file_digest(path: Path) -> str:
    """SHA-256 of the content, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def bytes_of(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in files_in(path))


def sync_tree(folder: Path) -> None:
    """fsync every file and folder below `folder`."""
    for path in files_in(folder):
        # Windows syncs only handles that may write.
        handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    for path in [folder, *(p for p in folder.rglob("*") if p.is_dir())]:
        sync_folder(path)


def write_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder beside `target`, sync it, then put it in place of `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    building = target.with_name(f".{target.name}.writing")
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    fill(building)
    for path in files_in(building):
        path.chmod(0o644)  # safetensors writes 0600: others on the machine may read a result
    sync_tree(building)
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    building.rename(target)
    sync_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)
