"""What an exception means: code, sentence, config path, way out. Over the whole traceback, causes first."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from .checkpoints import ResumeError
from .data.problem import DataError
from .failure_table import explain_log
from .refusal import Refusal


@dataclass(frozen=True)
class Failure:
    code: str
    message: str
    path: str | None
    hint: str | None
    traceback: str


def explain(error: BaseException, bf16: bool | None) -> Failure:
    """`bf16`: whether the GPU has it, which changes some of the advice; None when not known."""
    text = "".join(traceback.format_exception(error))
    if isinstance(error, DataError | Refusal):
        return Failure(error.code, str(error), error.path, error.hint, text)
    if isinstance(error, ResumeError):
        return Failure("resume-refused", str(error), error.path, None, text)
    for known in explain_log(text, bf16):
        return Failure(known.code, known.message, known.path, known.hint, text)
    return Failure("unknown", f"{type(error).__name__}: {error}", None, None, text)
