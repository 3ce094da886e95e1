"""The sources of the plan as a training and an evaluation dataset, with what there is to say about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .data.problem import DataError
from .encode import Encoded, encode
from .report import Report, token_statistics
from .row_encoder import Context, MakeEncoder
from .split import held_out, repeat_rows


@dataclass
class Prepared:
    """One split: a memory-mapped dataset, and what there is to say about it."""

    dataset: Any
    rows: int
    report: Report
    tokens: dict[str, Any]


def prepare(context: Context, make_encoder: MakeEncoder) -> tuple[Prepared, Prepared | None]:
    """(train, eval). Raises DataError where nothing can be learnt."""
    plan = context.plan
    train = [encode(context, source, f"dataset[{i}]", "train", make_encoder) for i, source in enumerate(plan.dataset)]
    warn_duplicates(context, train)
    if plan.eval_dataset is not None:
        given = [
            encode(context, s, f"eval_dataset[{i}]", "eval", make_encoder) for i, s in enumerate(plan.eval_dataset)
        ]
        warn_overlap(context, train, given)
        return (
            join("train", [(encoded, encoded.chosen()) for encoded in train]),
            join("eval", [(encoded, encoded.chosen()) for encoded in given]),
        )
    if plan.test_size is None:
        return join("train", [(encoded, encoded.chosen()) for encoded in train]), None
    return split_off(context, train, plan.test_size)


def split_off(context: Context, train: list[Encoded], test_size: float) -> tuple[Prepared, Prepared | None]:
    kept, held = [], []
    for encoded in train:
        chosen = encoded.chosen()
        sides = held_out([encoded.values[i] for i in chosen], test_size)
        kept.append((encoded, [i for i, out in zip(chosen, sides, strict=True) if not out]))
        held.append((encoded, [i for i, out in zip(chosen, sides, strict=True) if out]))
    rows = sum(len(indices) for _, indices in (*kept, *held))
    if rows == 1 or (rows > 0 and not any(indices for _, indices in kept)):
        raise DataError(
            "split-too-small",
            f"test_size {test_size:g} of {rows} usable {'row' if rows == 1 else 'rows'} leaves nothing to train on",
            "add rows, or remove test_size",
            path="dataset.test_size",
        )
    prepared = join("train", kept)
    if not any(indices for _, indices in held):
        context.warn(
            "split-empty",
            f"test_size {test_size:g} holds out none of {rows} rows: this run has no evaluation.",
            "dataset.test_size",
            "raise test_size, or name an eval_dataset",
        )
        return prepared, None
    return prepared, join("eval", held)


def join(split: str, parts: list[tuple[Encoded, list[int]]]) -> Prepared:
    """The chosen rows of all sources as one dataset."""
    from datasets import concatenate_datasets

    report = Report()
    chosen, tokens, trained = [], [], 0
    for encoded, indices in parts:
        # Weights are for training: a row counts once where it is measured.
        repeated = repeat_rows(indices, encoded.values, encoded.source.weight if split == "train" else 1)
        chosen.append(encoded.dataset.select(repeated))
        tokens.extend(encoded.tally.tokens[i] for i in repeated)
        trained += sum(encoded.tally.trained[i] for i in repeated)
        report.add(encoded.report)
    if not tokens:
        raise nothing_usable(report, [encoded.source.label for encoded, _ in parts], split)
    rows = sum(len(indices) for _, indices in parts)
    return Prepared(concatenate_datasets(chosen), rows, report, token_statistics(tokens, trained))


def nothing_usable(report: Report, labels: list[str], split: str) -> DataError:
    files, path = ", ".join(labels), "dataset" if split == "train" else "eval_dataset"
    if not report.skipped:
        return DataError("rows-unusable", f"{files} leaves no row to use", path=path)
    codes = {row["code"] for row in report.skipped}
    if codes == {"row-overlong"}:
        hint = "raise model.max_seq_length, or set overlength to truncate"
    else:
        hint = "correct the rows, or say in dataset.columns and dataset.format what they are"
    first = report.skipped[0]
    place = first["file"] if first["line"] is None else f"{first['file']}, line {first['line']}"
    return DataError(
        "no-trained-token" if codes == {"no-trained-token"} else "rows-unusable",
        f"No row of {files} can be used ({report.skipped_total} skipped): {first['message'].rstrip('.')} ({place})",
        hint,
        path=path,
    )


def warn_duplicates(context: Context, train: list[Encoded]) -> None:
    digests = [digest for encoded in train for digest in encoded.tally.hashes]
    if copies := len(digests) - len(set(digests)):
        context.warn(
            "duplicate-rows",
            f"{copies} of {len(digests)} rows are copies of earlier ones (white space aside): "
            "what occurs twice is learnt twice.",
            "dataset",
            "leave the copies out; to repeat rows on purpose, raise the weight of their dataset",
        )


def warn_overlap(context: Context, train: list[Encoded], evaluation: list[Encoded]) -> None:
    known = {digest for encoded in train for digest in encoded.tally.hashes}
    digests = [digest for encoded in evaluation for digest in encoded.tally.hashes]
    if common := sum(digest in known for digest in digests):
        context.warn(
            "eval-overlap",
            f"{common} of {len(digests)} evaluation rows are also in the training data: the measured loss is too low.",
            "eval_dataset",
            "leave them out of one of the two, or hold rows out with test_size instead of eval_dataset",
        )
