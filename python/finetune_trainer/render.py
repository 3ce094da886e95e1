"""A row as the text that the model reads, with the spans that it learns."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .data.problem import Unusable
from .data.records import Normal

ALPACA_INTRO = (
    "Below is an instruction that describes a task. Write a response that appropriately completes the request."
)
ALPACA_INTRO_INPUT = (
    "Below is an instruction that describes a task, paired with an input that provides further context. "
    "Write a response that appropriately completes the request."
)


@dataclass(frozen=True)
class Rendered:
    text: str
    spans: list[tuple[int, int]]
    """Trained parts of `text`, [start, end) in characters, ascending."""
    rewritten: bool = False
    """The template changes earlier turns when later ones follow, so only the last turn is trained."""


@dataclass(frozen=True)
class Renderer:
    """How rows of one source become text."""

    template: Callable[[list[dict[str, Any]], list[Any] | None, bool], str] | None
    """(messages, tools, add_generation_prompt) → text; None when there is no chat template."""
    prompt_template: str
    system_message: str | None
    learn: str
    """"answers", "last" or "all"."""
    end: str
    """Text of the end-of-sequence token."""
    stops: tuple[str, ...]
    """Texts of all special tokens: what may already end a turn."""

    def render(self, row: Normal, record: dict[str, Any]) -> Rendered:
        """`record` holds all columns of the row, for a prompt template that names them. Raises Unusable."""
        if "messages" in row:
            return self._chat(row["messages"], row.get("tools"))
        if "text" in row:
            return self._ended(row["text"], 0)
        if self.prompt_template not in ("auto", "alpaca"):
            prompt = fill(self.prompt_template, {**record, **row})
            return self._ended(prompt + answer_text(row), len(prompt))
        if "instruction" in row:
            if self.prompt_template == "auto" and self.template is not None:
                return self._chat(alpaca_chat(row), None)
            prompt = alpaca_prompt(row)
            return self._ended(prompt + row["output"], len(prompt))
        prompt = row["prompt"]
        if isinstance(prompt, list):
            # Only the completion is learnt, also when the prompt holds earlier answers.
            history = [{**message, "train": False} for message in prompt]
            return self._chat([*history, *row["completion"]], row.get("tools"))
        return self._ended(prompt + row["completion"], len(prompt))

    def question(self, messages: list[dict[str, Any]]) -> str:
        """The text up to where the model answers. Raises Unusable."""
        if self.template is None:
            raise Unusable("no-template", "the row holds messages, but the model has no chat template.")
        return self._call([for_template(message) for message in messages], None, True)

    def _ended(self, text: str, prompt: int) -> Rendered:
        whole = text if text.rstrip().endswith(self.stops) and self.stops else text + self.end
        return Rendered(whole, [(0 if self.learn == "all" else prompt, len(whole))])

    def _chat(self, chat: list[dict[str, Any]], tools_text: str | None) -> Rendered:
        if self.template is None:
            raise Unusable("no-template", "the row holds messages, but the model has no chat template.")
        messages = with_system(chat, self.system_message)
        tools = None if tools_text is None else json.loads(tools_text)
        clean = [for_template(message) for message in messages]
        last = max(index for index, m in enumerate(messages) if m["role"] == "assistant")
        # What follows the last answer carries no loss and would only be read.
        clean, messages = clean[: last + 1], messages[: last + 1]
        whole = self._call(clean, tools, False)
        if self.learn == "all":
            return Rendered(self._close(whole), [(0, len(self._close(whole)))])
        turns, rewritten = self._turns(clean, tools, whole)
        if self.learn == "last" or rewritten:
            turns = turns[-1:]
        turns = [turn for turn in turns if messages[turn[0]].get("train", True)]
        if turns and turns[-1][2] == len(whole):
            whole = self._close(whole)
            turns[-1] = (turns[-1][0], turns[-1][1], len(whole))
        spans = [(start, self._turn_end(whole, start, end)) for _, start, end in turns]
        return Rendered(whole, spans, rewritten)

    def _turns(
        self, messages: list[dict[str, Any]], tools: list[Any] | None, whole: str
    ) -> tuple[list[tuple[int, int, int]], bool]:
        """(message, start, end) of every assistant turn in `whole`, and whether the template rewrites turns."""
        found = []
        for index, item in enumerate(messages):
            if item["role"] != "assistant":
                continue
            final = index == len(messages) - 1
            before = self._before(messages, index, tools)
            after = whole if final else self._call(messages[: index + 1], tools, False)
            if not whole.startswith(before) or not whole.startswith(after):
                if final:
                    raise Unusable(
                        "template-prefix",
                        "the chat template shows the question differently once it is answered",
                    )
                return [*self._turns_last(messages, tools, whole)], True
            found.append((index, len(before), len(after)))
        return found, False

    def _turns_last(self, messages, tools, whole) -> list[tuple[int, int, int]]:
        index = len(messages) - 1
        before = self._before(messages, index, tools)
        if not whole.startswith(before):
            raise Unusable("template-prefix", "the chat template shows the question differently once it is answered")
        return [(index, len(before), len(whole))]

    def _before(self, messages: list[dict[str, Any]], index: int, tools: list[Any] | None) -> str:
        # A chat may begin with the assistant; many templates cannot render an empty list.
        return self._call(messages[:index], tools, True) if index > 0 else ""

    def _call(self, messages: list[dict[str, Any]], tools: list[Any] | None, generate: bool) -> str:
        from jinja2 import TemplateError

        assert self.template is not None
        try:
            return self.template(messages, tools, generate)
        except TemplateError as error:
            raise Unusable("template", f"the chat template refuses this chat: {error}") from error

    def _close(self, text: str) -> str:
        """`text` with one end of turn: templates without one would teach the model never to stop."""
        return text if self.stops and text.rstrip().endswith(self.stops) else text + self.end

    def _turn_end(self, text: str, start: int, end: int) -> int:
        """Leave out white space behind the end-of-turn token: nothing has to be said after it."""
        turn = text[start:end]
        bare = turn.rstrip()
        return start + len(bare) if self.stops and bare.endswith(self.stops) else end


def with_system(messages: list[dict[str, Any]], system: str | None) -> list[dict[str, Any]]:
    if system is None or any(m["role"] == "system" for m in messages):
        return messages
    return [{"role": "system", "content": system}, *messages]


def for_template(message: dict[str, Any]) -> dict[str, Any]:
    """A message as chat templates expect it: tool calls as objects, nothing of ours."""
    found = {key: item for key, item in message.items() if key != "train"}
    if isinstance(found.get("tool_calls"), str):
        found["tool_calls"] = json.loads(found["tool_calls"])
    return found


def alpaca_chat(row: Normal) -> list[dict[str, Any]]:
    asked = f"{row['instruction']}\n\n{row['input']}" if row["input"].strip() else row["instruction"]
    system = [{"role": "system", "content": row["system"]}] if row.get("system") else []
    return [*system, {"role": "user", "content": asked}, {"role": "assistant", "content": row["output"]}]


def alpaca_prompt(row: Normal) -> str:
    """The question of an alpaca row as plain text under the usual Alpaca headings."""
    if row["input"].strip():
        body = f"### Instruction:\n{row['instruction']}\n\n### Input:\n{row['input']}\n\n### Response:\n"
        return f"{ALPACA_INTRO_INPUT}\n\n{body}"
    return f"{ALPACA_INTRO}\n\n### Instruction:\n{row['instruction']}\n\n### Response:\n"


def answer_text(row: Normal) -> str:
    """What a prompt template is followed by."""
    answer = row.get("output", row.get("completion"))
    if not isinstance(answer, str):
        raise Unusable("value-type", "dataset.prompt_template needs rows with a text as answer.")
    return answer


def fill(template: str, columns: dict[str, Any]) -> str:
    """`{column}` of a user's template; other braces stay as they are, JSON in a prompt is common."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in columns:
            raise Unusable("value-missing", f"dataset.prompt_template names {{{name}}}, which this row does not have.")
        return "" if columns[name] is None else str(columns[name])

    return re.sub(r"\{(\w+)\}", value, template)
