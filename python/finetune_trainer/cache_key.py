"""What the encoded rows of a source depend on, as one name: equal names, equal rows."""

from __future__ import annotations

import hashlib
import json
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .data.shape import extension_of
from .data.source import DATA_FILES
from .files import file_digest
from .plan import Source
from .row_encoder import Context, MakeEncoder
from .tokenise import begins_with_bos

LIBRARIES = ("transformers", "tokenizers", "jinja2", "pyarrow", "numpy")


def key_of(context: Context, source: Source, make: MakeEncoder) -> str | None:
    """None where the content is not known: rows of the Hub, a tokenizer that is code, a template that tells the time.

    How often rows count, which are held out and in how many processes they are tokenised is no part of it.
    """
    if context.cache is None or source.input is None:
        return None
    tokenizer = identity(context.tokenizer)
    if tokenizer is None:
        return None
    settings = {
        "label": source.label,
        "format": source.format,
        "columns": sorted(source.columns.items()),
        "prompt_template": source.prompt_template,
        "train_on_responses_only": source.train_on_responses_only,
        "overlength": source.overlength,
        "system_message": source.system_message,
        "max_seq_length": context.plan.model.max_seq_length,
        "encoder": f"{make.__module__}.{getattr(make, '__qualname__', make)}",
    }
    parts = {
        "data": content_of(context.inputs[source.input]),
        "settings": settings,
        "tokenizer": tokenizer,
        "code": code(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }
    return digest(json.dumps(parts, sort_keys=True).encode("utf-8"))


def identity(tokenizer: Any) -> dict[str, Any] | None:
    """All of it that shapes ids and texts; None when it cannot be told from data alone."""
    backend, template = getattr(tokenizer, "backend_tokenizer", None), tokenizer.chat_template
    if backend is None or type(tokenizer).__module__.startswith("transformers_modules"):
        return None
    found = {
        "class": type(tokenizer).__qualname__,
        "backend": digest(backend.to_str().encode("utf-8")),
        "template": template,
        "special": sorted(token for token in tokenizer.all_special_tokens if token),
        "ends": [tokenizer.bos_token, tokenizer.eos_token, begins_with_bos(tokenizer)],
        "split_special_tokens": getattr(tokenizer, "split_special_tokens", None),
    }
    if "strftime_now" not in str(template):
        return found
    # Llama 3's templates write today's date into the system message.
    if any(mark in str(template) for mark in ("%H", "%I", "%M", "%S", "%c", "%X", "%T", "%f")):
        return None
    return {**found, "today": time.strftime("%Y-%m-%d")}


def content_of(path: Path) -> list[tuple[str, str]]:
    """(extension, hash) of the file, or of the data files of the folder in the order in which they are read."""
    files = [path] if path.is_file() else [p for p in sorted(path.iterdir()) if p.suffix.lower() in DATA_FILES]
    return [(extension_of(file.name), file_digest(file)) for file in files if file.is_file()]


def code() -> str:
    """Of this package: another version of it may make other rows."""
    folder = Path(__file__).parent
    files = [p for p in sorted(folder.rglob("*")) if p.suffix in (".py", ".json")]
    return digest(b"".join(p.relative_to(folder).as_posix().encode() + b"\0" + p.read_bytes() for p in files))


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
