"""The identity of a row: for duplicates, for train/eval overlap, and for the split.

hash:  the first 16 hexadecimal digits of SHA-256 over the canonical JSON (keys sorted, no white space, UTF-8)
       of the normalised row with the white space of its texts squeezed.
split: the first 8 hexadecimal digits of SHA-256 over "<seed>:<hash>", as a share of 2^32. A row is held out
       when this is below the wanted share, so its side never depends on other rows and copies go together.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .names import squeeze


def row_hash(row: dict[str, Any]) -> str:
    text = json.dumps(squeezed(row), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def split_value(digest: str, seed: int) -> float:
    """From 0 (included) to 1 (excluded)."""
    return int(hashlib.sha256(f"{seed}:{digest}".encode()).hexdigest()[:8], 16) / 2**32


def squeezed(value: Any) -> Any:
    if isinstance(value, str):
        return squeeze(value)
    if isinstance(value, list):
        return value if value and isinstance(value[0], int) else [squeezed(item) for item in value]
    if isinstance(value, dict):
        return {key: squeezed(item) for key, item in value.items()}
    return value
