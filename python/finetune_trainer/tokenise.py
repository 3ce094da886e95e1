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
    if bos is not None:
        while ids[:2] == [bos, bos]:
            ids, labels = ids[1:], labels[1:]
        if ids[:1] != [bos]:
            ids, labels = [bos, *ids], [IGNORED, *labels]
    return Tokens(ids, labels)


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
