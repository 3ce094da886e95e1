"""Rows for supervised fine-tuning: `input_ids` and `labels`, rendered and tokenised here."""

from __future__ import annotations

from itertools import groupby

from .data.problem import DataError, Row, Unusable
from .plan import Source
from .render import Rendered, Renderer
from .report import Report
from .row_encoder import Context, Piece, wrong_format
from .templates import template_of
from .tokenise import IGNORED, Tokens, begins_with_bos, cut, tokenise

CHATS = ("messages", "sharegpt")
FORMATS = (*CHATS, "alpaca", "prompt_completion", "text", "tokens")


class SftRows:
    schema = {"input_ids": "ids", "labels": "ids"}  # noqa: RUF012 (never changed)

    def __init__(self, context: Context, source: Source, format_: str, path: str) -> None:
        if format_ and format_ not in FORMATS:
            raise wrong_format(source, format_, "sft", path)
        self._tokenizer = context.tokenizer
        self._limit = context.plan.model.max_seq_length
        self._renderer = make_renderer(context, source, format_, path)
        self._bos = begins_with_bos(context.tokenizer)
        self._overlength = source.overlength
        if self._overlength == "auto":
            self._overlength = "split" if format_ == "text" else "drop"

    def pieces(self, row: Row, report: Report) -> list[Piece]:
        tokens = self._tokens(row, report)
        length = len(tokens.input_ids)
        if length > self._limit:
            report.truncated += 1
            if self._overlength == "drop":
                raise Unusable("row-overlong", f"{length} tokens, more than max_seq_length {self._limit}.")
        found = [
            Piece({"input_ids": part.input_ids, "labels": part.labels}, len(part.input_ids), part.trained)
            for part in cut(tokens, self._limit, self._overlength)
            if part.trained > 0
        ]
        if not found:
            raise Unusable("no-trained-token", "no token of this row is learnt.")
        return found

    def rendered(self, row: Row) -> Rendered:
        return self._renderer.render(row.value, row.record)

    def _decoded(self, tokens: Tokens) -> Rendered:
        """What the ids say to this tokenizer: nonsense shows that another one made them."""
        text, spans = "", []
        pairs = zip(tokens.input_ids, tokens.labels, strict=True)
        for trained, run in groupby(pairs, key=lambda pair: pair[1] != IGNORED):
            part = self._tokenizer.decode([id_ for id_, _ in run])
            if trained:
                spans.append((len(text), len(text) + len(part)))
            text += part
        return Rendered(text, spans)

    def _tokens(self, row: Row, report: Report) -> Tokens:
        if "input_ids" in row.value:
            tokens = Tokens(row.value["input_ids"], row.value.get("labels", row.value["input_ids"]))
            if report.sample is None:
                report.show(self._decoded(tokens))
            return tokens
        rendered = self.rendered(row)
        report.rewritten += rendered.rewritten
        report.show(rendered)
        tokens = tokenise(self._tokenizer, rendered, self._bos)
        if rendered.text.strip() and not tokens.input_ids:
            raise DataError(
                "tokenizer-empty",
                "the tokenizer turns text into nothing: its files and the model's type do not belong together",
                "use the tokenizer files of the model's own family",
                path="model.name",
            )
        return tokens


def make_renderer(context: Context, source: Source, format_: str, path: str, needed: bool | None = None) -> Renderer:
    """`needed`: whether rows cannot be rendered without a chat template; by the format when None."""
    tokenizer = context.tokenizer
    learn = source.train_on_responses_only
    if learn == "auto":
        learn = format_ != "text"
    wanted = format_ in CHATS if needed is None else needed
    return Renderer(
        template=template_of(tokenizer, source, path, needed=wanted),
        prompt_template=source.prompt_template,
        system_message=source.system_message,
        learn={True: "answers", False: "all", "last": "last"}[learn],
        end=tokenizer.eos_token or "",
        stops=tuple(token for token in tokenizer.all_special_tokens if token),
    )
