"""What an exception means: code, sentence, config path, hint."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from .checkpoints import ResumeError
from .data.problem import DataError
from .model import ModelError


@dataclass(frozen=True)
class Failure:
    code: str
    message: str
    path: str | None
    hint: str | None
    traceback: str


def explain(error: BaseException) -> Failure:
    text = "".join(traceback.format_exception(error))
    if isinstance(error, DataError):
        return Failure(error.code, str(error), error.path, error.hint, text)
    if isinstance(error, ModelError):
        return Failure(error.code, str(error), error.path, None, text)
    if isinstance(error, ResumeError):
        return Failure("resume-refused", str(error), error.path, None, text)
    return Failure("unknown", f"{type(error).__name__}: {error}", None, None, text)
