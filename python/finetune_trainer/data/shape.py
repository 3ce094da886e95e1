"""Which parser reads a text file: the content decides, the extension where the content leaves it open."""

from __future__ import annotations

import json
import re

from .lines import Line
from .problem import BadRow, DataError
from .values import strict_json

# A heading in brackets begins many a text; a bracket alone, or one before an object, begins a list of rows.
LIST_OF_ROWS = re.compile(r"\[\s*(\{|$)")


def extension_of(name: str) -> str:
    """ "data/chats.jsonl.gz" → "jsonl"; "" where there is none."""
    plain = re.sub(r"\.(gz|gzip)$", "", name.lower())
    found = re.search(r"\.([a-z0-9]+)$", plain)
    return found[1] if found else ""


def shape_of(name: str, first: Line | BadRow) -> str:
    """jsonl, json, csv, tsv or txt: the content decides, the extension where the content leaves it open."""
    extension = extension_of(name)
    text = first.text.lstrip() if isinstance(first, Line) else ""
    if extension in ("csv", "tsv", "txt", "md"):
        if text.startswith("{") and is_json(text):
            return "jsonl"
        if LIST_OF_ROWS.match(text):
            return "json"
        return {"csv": "csv", "tsv": "tsv"}.get(extension, "txt")
    if text.startswith("["):
        return "json"
    if text.startswith("{") or isinstance(first, BadRow):
        return "jsonl"
    raise DataError(
        "json-not-rows",
        f"Rows of JSON start with {{ or [, this line starts with {json.dumps(text[:12], ensure_ascii=False)}. "
        "Rename the file if it is .csv, .tsv or .txt.",
        line=first.line if isinstance(first, BadRow) else first.number,
    )


def is_json(text: str) -> bool:
    try:
        strict_json(text)
    except json.JSONDecodeError:
        return False
    return True
