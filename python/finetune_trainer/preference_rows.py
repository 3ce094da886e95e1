"""Rows for dpo, orpo, kto and grpo: texts rendered here, tokenised by their trainers."""

from __future__ import annotations

from typing import Any

from .data.problem import Row, Unusable
from .plan import Source
from .render import Rendered, Renderer, with_system
from .report import Report
from .row_encoder import Context, Piece, wrong_format
from .sft_rows import make_renderer
from .tokenise import begins_with_bos


class TextRows:
    """What the three kinds share: a prompt and answers as text, and their lengths."""

    formats: tuple[str, ...]
    schema: dict[str, str]

    def __init__(self, context: Context, source: Source, format_: str, path: str) -> None:
        if format_ and format_ not in self.formats:
            raise wrong_format(source, format_, context.plan.training.method, path)
        self._tokenizer = context.tokenizer
        self._limit = context.plan.model.max_seq_length
        self._renderer: Renderer = make_renderer(context, source, format_, path)
        # The trainers add BOS to every text themselves: a template's own would be a second one.
        self._bos = context.tokenizer.bos_token if begins_with_bos(context.tokenizer) is not None else None

    def _prompt(self, prompt: Any) -> str:
        if isinstance(prompt, str):
            return prompt
        text = self._renderer.question(with_system(prompt, self._renderer.system_message))
        return text.removeprefix(self._bos) if self._bos else text

    def _answer(self, prompt: Any, answer: Any) -> str:
        """What follows the prompt, up to and with the end of the turn."""
        if isinstance(answer, str):
            return answer if isinstance(prompt, str) else self._answer(prompt, as_turn(answer))
        rendered = self._renderer.render({"prompt": prompt, "completion": answer}, {})
        return "".join(rendered.text[start:end] for start, end in rendered.spans)

    def _count(self, text: str) -> int:
        return len(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _fits(self, tokens: int, report: Report) -> None:
        if tokens > self._limit:
            report.truncated += 1
            raise Unusable("row-overlong", f"{tokens} tokens, more than max_seq_length {self._limit}.")


def as_turn(answer: str) -> list[dict[str, Any]]:
    return [{"role": "assistant", "content": answer}]


def shown(prompt: str, answer: str) -> Rendered:
    return Rendered(prompt + answer, [(len(prompt), len(prompt) + len(answer))])


class PairRows(TextRows):
    """dpo and orpo: a chosen and a rejected answer."""

    formats = ("preference",)
    schema = {"prompt": "text", "chosen": "text", "rejected": "text"}  # noqa: RUF012 (never changed)

    def pieces(self, row: Row, report: Report) -> list[Piece]:
        prompt = self._prompt(row.value["prompt"])
        chosen = self._answer(row.value["prompt"], row.value["chosen"])
        rejected = self._answer(row.value["prompt"], row.value["rejected"])
        report.show(shown(prompt, chosen))
        asked, good, bad = self._count(prompt), self._count(chosen), self._count(rejected)
        self._fits(asked + max(good, bad), report)
        columns = {"prompt": prompt, "chosen": chosen, "rejected": rejected}
        return [Piece(columns, 2 * asked + good + bad, good + bad)]


class RatedRows(TextRows):
    """kto: one answer and whether it is wanted."""

    formats = ("unpaired_preference",)
    schema = {"prompt": "text", "completion": "text", "label": "flag"}  # noqa: RUF012 (never changed)

    def pieces(self, row: Row, report: Report) -> list[Piece]:
        prompt = self._prompt(row.value["prompt"])
        answer = self._answer(row.value["prompt"], row.value["completion"])
        report.show(shown(prompt, answer))
        asked, said = self._count(prompt), self._count(answer)
        self._fits(asked + said, report)
        return [Piece({"prompt": prompt, "completion": answer, "label": row.value["label"]}, asked + said, said)]


class PromptRows(TextRows):
    """grpo: only questions; an answer in the row is handed to the reward functions as `answer`."""

    formats = ("prompt_only", "prompt_completion", "messages", "sharegpt")
    schema = {"prompt": "text", "answer": "text"}  # noqa: RUF012 (never changed)

    def pieces(self, row: Row, report: Report) -> list[Piece]:
        asked, answer = self._split(row.value)
        prompt = self._prompt(asked)
        report.show(Rendered(prompt, []))
        tokens = self._count(prompt)
        self._fits(tokens, report)
        return [Piece({"prompt": prompt, "answer": answer}, tokens, 0)]

    def _split(self, row: dict[str, Any]) -> tuple[Any, str]:
        if "messages" in row:
            return row["messages"][:-1], row["messages"][-1]["content"]
        answer = row.get("completion", "")
        if isinstance(answer, list):
            answer = answer[-1]["content"]
        return row["prompt"], answer
