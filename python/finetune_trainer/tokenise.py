"""Rendered text → `input_ids` and `labels`; offsets decide which tokens are trained."""

from __future__ import annotations

from dataclasses import dataclass

from .render import Rendered

IGNORED = -100


@dataclass(frozen=True)
class Tokens:
    input_ids: list[int]
    labels: list[int]

    @property
    def trained(self) -> int:
        return sum(label != IGNORED for label in self.labels)


def begins_with_bos(tokenizer) -> int | None:
    """The id that this tokenizer itself puts before every text, or None."""
    ids = tokenizer("a")["input_ids"]
    return ids[0] if ids and ids[0] == tokenizer.bos_token_id else None


def tokenise(tokenizer, rendered: Rendered, bos: int | None) -> Tokens:
    """A token is trained when it begins inside a trained span.

    A token that begins before the span holds text of the prompt: it is given when the model answers, so
    it is not learnt. `bos` is put in front exactly once, whether or not the template wrote it.
    """
    encoded = tokenizer(rendered.text, add_special_tokens=False, return_offsets_mapping=True)
    ids, offsets = encoded["input_ids"], encoded["offset_mapping"]
    labels, spans, current = [], rendered.spans, 0
    for token, (start, _) in zip(ids, offsets, strict=True):
        while current < len(spans) and start >= spans[current][1]:
            current += 1
        inside = current < len(spans) and spans[current][0] <= start
        labels.append(token if inside else IGNORED)
    marked = with_one_bos(ids, bos)
    # What was added or dropped in front is never learnt.
    labels = [IGNORED] * max(0, len(marked) - len(labels)) + labels[max(0, len(labels) - len(marked)) :]
    return Tokens(marked, labels)


def with_one_bos(ids: list[int], bos: int | None) -> list[int]:
    """`ids` with exactly one `bos` in front; as they are for a tokenizer that puts none there itself."""
    if bos is None:
        return ids
    while ids[:1] == [bos]:
        ids = ids[1:]
    return [bos, *ids]


def cut(tokens: Tokens, limit: int, how: str) -> list[Tokens]:
    """Rows no longer than `limit`. how: split, drop, truncate."""
    if len(tokens.input_ids) <= limit:
        return [tokens]
    if how == "drop":
        return []
    if how == "truncate":
        return [Tokens(tokens.input_ids[:limit], tokens.labels[:limit])]
    size = len(tokens.input_ids)
    return [Tokens(tokens.input_ids[at : at + limit], tokens.labels[at : at + limit]) for at in range(0, size, limit)]
