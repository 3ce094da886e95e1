"""What lies in the Hub's cache on this machine, and what the Hub says of a repository's files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

PREFIX = "models--"
INCOMPLETE = ".incomplete"
# Of a repository that has safetensors these are other forms of the same weights.
OTHER_WEIGHTS = (".bin", ".pt", ".pth", ".h5", ".msgpack", ".onnx", ".ot", ".gguf", ".tflite")


@dataclass(frozen=True)
class Blob:
    repository: str
    etag: str
    bytes: int
    whole: bool


@dataclass(frozen=True)
class HubFile:
    name: str
    bytes: int


def cache_folder() -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def blobs(cache: Path) -> Iterator[Blob]:
    """Every file of a model in the cache, those that are being written too (`<etag>.<random>.incomplete`)."""
    for folder in children(cache):
        if not folder.name.startswith(PREFIX):
            continue
        repository = folder.name.removeprefix(PREFIX).replace("--", "/")
        for entry in children(Path(folder.path) / "blobs"):
            try:
                size = entry.stat().st_size
            except FileNotFoundError:
                continue  # It was completed and renamed in this moment.
            yield Blob(repository, entry.name.split(".")[0], size, not entry.name.endswith(INCOMPLETE))


def children(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []


def wanted_files(repository: str, revision: str | None) -> dict[str, HubFile]:
    """etag → file, of those that loading needs. Raises what the Hub answers."""
    from huggingface_hub import HfApi

    info = HfApi(endpoint=os.environ.get("HF_ENDPOINT")).model_info(
        repository, revision=revision, files_metadata=True, timeout=10
    )
    siblings = [s for s in info.siblings or [] if s.size is not None]
    has_safetensors = any(s.rfilename.endswith(".safetensors") for s in siblings)
    return {
        etag: HubFile(s.rfilename, s.size)
        for s in siblings
        if (etag := etag_of(s)) is not None and is_wanted(s.rfilename, has_safetensors)
    }


def etag_of(sibling: Any) -> str | None:
    """The name of its blob: the hash of the content where the file lies in large storage, else git's."""
    return sibling.lfs.sha256 if sibling.lfs else sibling.blob_id


def is_wanted(name: str, has_safetensors: bool) -> bool:
    path = PurePosixPath(name)
    if len(path.parts) > 1 or name.startswith("consolidated"):
        return False
    weights = path.suffix == ".safetensors" or path.suffix in OTHER_WEIGHTS
    return not weights or not has_safetensors or path.suffix == ".safetensors"
