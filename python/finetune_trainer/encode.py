"""One source of the plan → tokenised rows on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .data.problem import BadRow, DataError, Row, Unusable
from .data.row_hash import row_hash, split_value
from .data.source import SourceRows, read_source
from .plan import Plan, Source
from .render import Renderer
from .report import Report
from .split import sample_rows
from .templates import chat_template
from .token_store import TokenStore
from .tokenise import Tokens, begins_with_bos, cut, tokenise

CHATS = ("messages", "sharegpt")
TRAINABLE = (*CHATS, "alpaca", "prompt_completion", "text", "tokens")


@dataclass
class Context:
    """What the preparation of data needs from its run."""

    plan: Plan
    inputs: dict[str, Path]
    tokenizer: Any
    folder: Path
    """Where the tokenised rows are kept."""
    check: Callable[[], None]
    """Raises when the run was asked to stop."""
    progress: Callable[[float, float | None, str], None]
    warn: Callable[..., None]


@dataclass
class Encoded:
    """A source, tokenised. Row i of `dataset` has the split value `values[i]`."""

    source: Source
    dataset: Any
    values: list[float]
    hashes: list[str]
    report: Report

    def chosen(self) -> list[int]:
        return sample_rows(self.values, self.source.max_samples)


def open_source(context: Context, source: Source, path: str) -> SourceRows:
    """Errors get the name of the file and the place in the config."""
    if source.input is None:
        raise DataError(
            "hub-dataset",
            f"{source.label}: datasets of the Hub are not read by this version; download it and name the file",
            path=path,
        )
    limit = context.plan.model.max_seq_length
    try:
        return read_source(context.inputs[source.input], source.format, source.columns, limit)
    except DataError as error:
        raise placed(error, source, path) from error


def placed(error: DataError, source: Source, path: str) -> DataError:
    where = source.label if error.line is None else f"{source.label}, line {error.line}"
    return DataError(error.code, f"{where}: {error}", error.hint, error.line, path)


def encode(context: Context, source: Source, path: str, split: str) -> Encoded:
    """Render and tokenise every row of the source. Raises DataError."""
    rows = open_source(context, source, path)
    if rows.format and rows.format not in TRAINABLE:
        raise DataError(
            "format-method",
            f"{source.label} holds {rows.format.replace('_', ' ')} rows, which sft cannot learn from",
            "choose the training.method that fits, or other data",
            path=f"{path}.format",
        )
    renderer = make_renderer(context, source, rows.format, path)
    bos = begins_with_bos(context.tokenizer)
    how = source.overlength if source.overlength != "auto" else ("split" if rows.format == "text" else "drop")
    report, values, hashes = Report(), [], []
    store = TokenStore(context.folder / f"{split}-{path.replace('[', '-').rstrip(']')}.arrow")
    count = 0
    with store:
        try:
            for row in rows.rows:
                count += 1
                if count % 64 == 0:
                    context.check()
                    context.progress(count, None, "rows")
                pieces = encode_row(context, row, renderer, bos, how, report, source.label)
                if isinstance(row, Row) and pieces:
                    digest = row_hash(row.value)
                    for piece in pieces:
                        store.add(piece)
                        values.append(split_value(digest, context.plan.training.seed))
                        hashes.append(digest)
        except DataError as error:
            raise placed(error, source, path) from error
    return Encoded(source, store.open(), values, hashes, report)


def encode_row(
    context: Context, row: Row | BadRow, renderer: Renderer, bos: int | None, how: str, report: Report, file: str
) -> list[Tokens]:
    """The tokens of a row, in several pieces when it was split; none when it cannot be used."""
    if isinstance(row, BadRow):
        report.skip(file, row)
        return []
    limit = context.plan.model.max_seq_length
    try:
        tokens = (
            given_tokens(row.value)
            if "input_ids" in row.value
            else rendered_tokens(context.tokenizer, renderer, row, bos, report)
        )
    except Unusable as error:
        report.skip(file, BadRow(row.line, error.code, str(error)))
        return []
    for code, message in row.notes.items():
        report.note(file, row.line, code, message)
    if len(tokens.input_ids) > limit:
        report.truncated += 1
        if how == "drop":
            message = f"{len(tokens.input_ids)} tokens, more than max_seq_length {limit}."
            report.skip(file, BadRow(row.line, "row-overlong", message))
            return []
    pieces = [piece for piece in cut(tokens, limit, how) if piece.trained > 0]
    if not pieces:
        report.skip(file, BadRow(row.line, "no-trained-token", "no token of this row is learnt."))
    return pieces


def given_tokens(row: dict[str, Any]) -> Tokens:
    return Tokens(row["input_ids"], row.get("labels", row["input_ids"]))


def rendered_tokens(tokenizer: Any, renderer: Renderer, row: Row, bos: int | None, report: Report) -> Tokens:
    rendered = renderer.render(row.value, row.record)
    report.rewritten += rendered.rewritten
    report.show(rendered)
    tokens = tokenise(tokenizer, rendered, bos)
    if rendered.text.strip() and not tokens.input_ids:
        raise DataError(
            "tokenizer-empty",
            "the tokenizer turns text into nothing: its files and the model's type do not belong together",
            "use the tokenizer files of the model's own family",
        )
    return tokens


def make_renderer(context: Context, source: Source, format_: str, path: str) -> Renderer:
    tokenizer = context.tokenizer
    learn = source.train_on_responses_only
    if learn == "auto":
        learn = format_ != "text"
    return Renderer(
        template=chat_template(tokenizer, source, context.inputs, path, needed=format_ in CHATS),
        prompt_template=source.prompt_template,
        system_message=source.system_message,
        learn={True: "answers", False: "all", "last": "last"}[learn],
        end=tokenizer.eos_token or "",
        stops=tuple(token for token in tokenizer.all_special_tokens if token),
    )
