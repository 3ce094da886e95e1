"""The identity of a row: equal rows, whatever their white space, have one hash."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def row_hash(row: dict[str, Any]) -> str:
    text = json.dumps(collapsed(row), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def collapsed(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, dict):
        return {key: collapsed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [collapsed(item) for item in value]
    return value


def split_value(digest: str, seed: int) -> float:
    """A number in [0, 1) that decides on which side of a split the row lies."""
    return int(hashlib.sha256(f"{seed}:{digest}".encode()).hexdigest()[:12], 16) / 16**12
