"""`inspect-dataset FILE`: what is in a data file, exactly, as one JSON object on stdout.

Reads what the editor cannot: Parquet, Arrow, large files; with --tokenizer also exact token counts.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from .data.problem import BadRow, DataError
from .data.row_hash import row_hash
from .data.source import read_source
from .report import LISTED


def texts_of(row: dict[str, Any]) -> list[str]:
    """Every text of a normalised row, for counting."""
    found = []
    for value in row.values():
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, list):
            found.extend(m["content"] for m in value if isinstance(m, dict))
    return found


def inspect(path: Path, format_: str, columns: dict[str, str], max_seq_length: int, tokenizer: Any) -> dict[str, Any]:
    """Raises DataError."""
    source = read_source(path, format_, columns, max_seq_length)
    skipped: list[dict[str, Any]] = []
    notes: Counter[str] = Counter()
    lengths: list[int] = []
    seen: set[str] = set()
    rows = used = skipped_total = duplicates = 0
    for row in source.rows:
        rows += 1
        if isinstance(row, BadRow):
            skipped_total += 1
            if len(skipped) < LISTED:
                skipped.append({"file": path.name, "line": row.line, "code": row.code, "message": row.message})
            continue
        used += 1
        notes.update(row.notes)
        digest = row_hash(row.value)
        duplicates += digest in seen
        seen.add(digest)
        lengths.append(length_of(row.value, tokenizer))
    return {
        "format": source.format,
        "roles": source.roles,
        "columns": source.columns,
        "rows": rows,
        "used": used,
        "skipped": skipped,
        "skipped_total": skipped_total,
        "duplicates": duplicates,
        "notes": dict(notes),
        "lengths": summary(lengths, exact=tokenizer is not None),
    }


def length_of(row: dict[str, Any], tokenizer: Any) -> int:
    if "input_ids" in row:
        return len(row["input_ids"])
    if tokenizer is None:
        # About four characters are a token.
        return -(-sum(len(text) for text in texts_of(row)) // 4)
    return sum(len(ids) for ids in tokenizer(texts_of(row), add_special_tokens=False)["input_ids"])


def summary(lengths: list[int], exact: bool) -> dict[str, Any] | None:
    if not lengths:
        return None
    ordered = sorted(lengths)

    def at(share: float) -> int:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return {
        "exact": exact,
        "total": sum(ordered),
        "mean": sum(ordered) / len(ordered),
        "p50": at(0.5),
        "p95": at(0.95),
        "max": ordered[-1],
    }


def main(file: str, format_: str, columns: str, max_seq_length: int, tokenizer: str | None) -> int:
    loaded = None
    # Libraries print to stdout; only the one JSON object may go there.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if tokenizer is not None:
        from transformers import AutoTokenizer

        loaded = AutoTokenizer.from_pretrained(tokenizer)
    try:
        found = inspect(Path(file), format_, json.loads(columns), max_seq_length, loaded)
    except DataError as error:
        problem = {"code": error.code, "line": error.line, "message": str(error)}
        print(json.dumps({"problem": problem}), file=out, flush=True)
        return 1
    except OSError as error:
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    print(json.dumps(found), file=out, flush=True)
    return 0
