"""From the sources of the plan to tokenised rows on disk, with everything a person wants to know about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from .plan import Plan, Source
from .render import Renderer
from .row_hash import row_hash, split_value
from .rows import BadRow, DataError, Row, read_rows
from .shapes import Unusable, detect, normalise
from .split import repeat_rows, sample_rows, split_rows
from .templates import chat_template
from .token_store import TokenStore
from .tokenise import IGNORED, begins_with_bos, cut, tokenise

LISTED = 20
SNIFFED = 100


@dataclass
class Report:
    """What is said about one split in the `dataset` event."""

    rows: int = 0
    skipped: list[dict[str, Any]] = field(default_factory=list)
    skipped_total: int = 0
    truncated: int = 0
    rewritten: int = 0
    sample: dict[str, Any] | None = None

    def skip(self, file: str, row: BadRow) -> None:
        self.skipped_total += 1
        if len(self.skipped) < LISTED:
            self.skipped.append({"file": file, "line": row.line, "code": row.code, "message": row.message})


@dataclass
class Prepared:
    """One split: a memory-mapped dataset with input_ids and labels, and what there is to say about it."""

    dataset: Any
    report: Report
    tokens: dict[str, Any]


@dataclass
class Context:
    plan: Plan
    inputs: dict[str, Path]
    tokenizer: Any
    folder: Path
    """Where the tokenised rows are kept."""
    check: Callable[[], None]
    """Raises when the run was asked to stop."""
    progress: Callable[[float, float | None, str], None]
    warn: Callable[..., None]


def prepare(context: Context) -> tuple[Prepared, Prepared | None]:
    """(train, eval). Raises DataError where nothing can be learnt."""
    plan = context.plan
    train = [encode(context, source, f"dataset[{i}]", "train") for i, source in enumerate(plan.dataset)]
    if plan.eval_dataset is not None:
        held_out = [encode(context, s, f"eval_dataset[{i}]", "eval") for i, s in enumerate(plan.eval_dataset)]
        return (
            finish(context, "train", [(e, e.chosen()) for e in train]),
            finish(context, "eval", [(e, e.chosen()) for e in held_out]),
        )
    splits = [(e, split_rows([e.values[i] for i in e.chosen()], plan.test_size), e.chosen()) for e in train]
    kept = finish(context, "train", [(e, [chosen[i] for i in split.train]) for e, split, chosen in splits])
    if plan.test_size is None:
        return kept, None
    # Weights are for training: a row counts once where it is measured.
    evaluation = [(e, [chosen[i] for i in split.evaluate]) for e, split, chosen in splits]
    if not any(rows for _, rows in evaluation):
        raise DataError(
            "split-too-small",
            f"test_size {plan.test_size:g} holds out no row of {sum(len(e.values) for e in train)}: "
            "add rows, or remove test_size",
        )
    return kept, finish(context, "eval", evaluation)


@dataclass
class Encoded:
    """A source, tokenised. Row i of `dataset` has the split value `values[i]`."""

    source: Source
    dataset: Any
    values: list[float]
    report: Report

    def chosen(self) -> list[int]:
        return sample_rows(self.values, self.source.max_samples)


def encode(context: Context, source: Source, path: str, split: str) -> Encoded:
    rows = open_rows(context, source)
    first = list(islice(rows, SNIFFED))
    format_ = source.format
    if format_ == "auto":
        found = detect([row.value for row in first if isinstance(row, Row)], source.columns)
        if found is None:
            raise DataError("format-unknown", f"{source.label}: {why_unknown(first)}", f"{path}.format")
        format_ = found
    renderer = make_renderer(context, source, format_, path)
    bos = begins_with_bos(context.tokenizer)
    limit = context.plan.model.max_seq_length
    how = source.overlength if source.overlength != "auto" else ("split" if format_ == "text" else "drop")
    report = Report()
    store = TokenStore(context.folder / f"{split}-{path.replace('[', '-').rstrip(']')}.arrow")
    values: list[float] = []
    seed = context.plan.training.seed
    with store:
        for row in chain(first, rows):
            report.rows += 1
            if report.rows % 64 == 0:
                context.check()
                context.progress(report.rows, None, "rows")
            usable = row if isinstance(row, BadRow) else normalise(row, format_, source.columns)
            if isinstance(usable, BadRow):
                report.skip(source.label, usable)
                continue
            try:
                rendered = renderer.render(usable)
            except Unusable as error:
                report.skip(source.label, BadRow(row.line, error.code, str(error)))
                continue
            report.rewritten += rendered.rewritten
            tokens = tokenise(context.tokenizer, rendered, bos)
            if report.sample is None:
                report.sample = {"text": rendered.text, "spans": marked(rendered.text, rendered.spans)}
            if len(tokens.input_ids) > limit:
                report.truncated += 1
            pieces = cut(tokens, limit, how)
            if not pieces:
                length = len(tokens.input_ids)
                message = f"{length} tokens, more than max_seq_length {limit}"
                report.skip(source.label, BadRow(row.line, "row-overlong", message))
            for piece in pieces:
                if piece.trained == 0:
                    report.skip(source.label, BadRow(row.line, "no-trained-token", "no token of this row is learnt"))
                    continue
                store.add(piece)
                identity = {"input_ids": piece.input_ids} if len(pieces) > 1 else usable
                values.append(split_value(row_hash(identity), seed))
    return Encoded(source, store.open(), values, report)


def open_rows(context: Context, source: Source) -> Iterator[Row | BadRow]:
    if source.input is None:
        raise DataError("hub-dataset", f"{source.label}: Hub datasets are not read yet; download it and name the file")
    return read_rows(context.inputs[source.input], source.label)


def why_unknown(first: list[Row | BadRow]) -> str:
    row = next((row for row in first if isinstance(row, Row)), None)
    if row is None:
        problem = next((row for row in first if isinstance(row, BadRow)), None)
        return "no rows" if problem is None else f"line {problem.line}: {problem.message}"
    return f"no known format has the columns {', '.join(sorted(row.value))}; name them in dataset.columns"


def make_renderer(context: Context, source: Source, format_: str, path: str) -> Renderer:
    tokenizer = context.tokenizer
    chats = format_ in ("messages", "sharegpt")
    template = chat_template(tokenizer, source, context.inputs, path, needed=chats)
    learn = source.train_on_responses_only
    if learn == "auto":
        learn = format_ != "text"
    return Renderer(
        template=template,
        prompt_template=source.prompt_template,
        system_message=source.system_message,
        learn={True: "answers", False: "all", "last": "last"}[learn],
        end=tokenizer.eos_token or "",
        stops=tuple(token for token in tokenizer.all_special_tokens if token),
    )


def marked(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int, bool]]:
    """`spans` with the untrained text between them."""
    found: list[tuple[int, int, bool]] = []
    at = 0
    for start, end in spans:
        if start > at:
            found.append((at, start, False))
        found.append((start, end, True))
        at = end
    if at < len(text):
        found.append((at, len(text), False))
    return found


def finish(context: Context, split: str, parts: list[tuple[Encoded, list[int]]]) -> Prepared:
    """The chosen rows of all sources as one dataset, and its report."""
    from datasets import concatenate_datasets

    report = Report()
    chosen = []
    for encoded, indices in parts:
        weight = encoded.source.weight if split == "train" else 1
        chosen.append(encoded.dataset.select(repeat_rows(indices, encoded.values, weight)))
        report.rows += len(indices)
        report.truncated += encoded.report.truncated
        report.rewritten += encoded.report.rewritten
        report.skipped_total += encoded.report.skipped_total
        report.skipped = [*report.skipped, *encoded.report.skipped][:LISTED]
        report.sample = report.sample or encoded.report.sample
    dataset = concatenate_datasets(chosen)
    if len(dataset) == 0:
        raise DataError("rows-unusable", nothing_usable(report, parts))
    return Prepared(dataset, report, statistics(dataset))


def nothing_usable(report: Report, parts: list[tuple[Encoded, list[int]]]) -> str:
    labels = ", ".join(encoded.source.label for encoded, _ in parts)
    if not report.skipped:
        return f"{labels} has no rows"
    first = report.skipped[0]
    return f"no row of {labels} can be used; the first, line {first['line']}: {first['message']}"


def statistics(dataset) -> dict[str, Any]:
    """Token counts over the rows as they are trained on (weights applied)."""
    import numpy

    lengths, trained = [], 0
    for batch in dataset.with_format("numpy").iter(batch_size=1000):
        lengths.extend(len(ids) for ids in batch["input_ids"])
        trained += sum(int((numpy.asarray(labels) != IGNORED).sum()) for labels in batch["labels"])
    values = numpy.array(lengths)
    return {
        "total": int(values.sum()),
        "trained": trained,
        "mean": float(values.mean()),
        "p50": float(numpy.percentile(values, 50)),
        "p95": float(numpy.percentile(values, 95)),
        "max": int(values.max()),
    }
