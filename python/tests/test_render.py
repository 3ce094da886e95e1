"""Rows as text with trained spans."""

from __future__ import annotations

import json

import pytest

from finetune_trainer.data.problem import Unusable
from finetune_trainer.render import Renderer


def chatml(messages, tools, generate):
    text = "" if tools is None else f"<|im_start|>tools\n{json.dumps(tools)}<|im_end|>\n"
    for message in messages:
        calls = f" calls {json.dumps(message['tool_calls'])}" if "tool_calls" in message else ""
        text += f"<|im_start|>{message['role']}\n{message['content']}{calls}<|im_end|>\n"
    return text + ("<|im_start|>assistant\n" if generate else "")


def forgetful(messages, _tools, generate):
    """Like templates that drop the thoughts of earlier turns."""
    parts = []
    for index, message in enumerate(messages):
        content = message["content"]
        if index < len(messages) - 1:
            content = content.split("</think>")[-1]
        parts.append(f"<|im_start|>{message['role']}\n{content}<|im_end|>\n")
    return "".join(parts) + ("<|im_start|>assistant\n" if generate else "")


def renderer(**changes) -> Renderer:
    settings = {
        "template": chatml,
        "prompt_template": "auto",
        "system_message": None,
        "learn": "answers",
        "end": "<|im_end|>",
        "stops": ("<|im_start|>", "<|im_end|>"),
    }
    return Renderer(**{**settings, **changes})


def learnt(found) -> list[str]:
    return [found.text[start:end] for start, end in found.spans]


TWO_TURNS = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello"},
    {"role": "user", "content": "2+2?"},
    {"role": "assistant", "content": "4"},
]


def render(row, record=None, **changes):
    return renderer(**changes).render(row, record or {})


def test_every_answer_is_learnt_with_one_end_of_turn():
    assert learnt(render({"messages": TWO_TURNS})) == ["Hello<|im_end|>", "4<|im_end|>"]


def test_the_last_answer_alone():
    assert learnt(render({"messages": TWO_TURNS}, learn="last")) == ["4<|im_end|>"]


def test_everything():
    found = render({"messages": TWO_TURNS}, learn="all")
    assert found.spans == [(0, len(found.text))]


def test_an_answer_may_be_left_out():
    messages = [TWO_TURNS[0], {**TWO_TURNS[1], "train": False}, *TWO_TURNS[2:]]
    assert learnt(render({"messages": messages})) == ["4<|im_end|>"]


def test_a_template_that_rewrites_earlier_turns_trains_the_last_one_and_says_so():
    messages = [TWO_TURNS[0], {"role": "assistant", "content": "<think>hm</think>Hello"}, *TWO_TURNS[2:]]
    found = render({"messages": messages}, template=forgetful)
    assert (found.rewritten, learnt(found)) == (True, ["4<|im_end|>"])


def test_a_template_without_an_end_of_turn_gets_one():
    def bare(messages, _tools, generate):
        return "".join(f"{m['role']}: {m['content']}\n" for m in messages) + ("assistant: " if generate else "")

    found = render({"messages": TWO_TURNS[:2]}, template=bare, end="</s>", stops=("</s>",))
    assert found.text == "user: Hi\nassistant: Hello\n</s>"
    assert learnt(found) == ["Hello\n</s>"]


def test_a_system_message_only_where_there_is_none():
    assert render({"messages": TWO_TURNS[:2]}, system_message="Be brief").text.startswith(
        "<|im_start|>system\nBe brief"
    )
    own = [{"role": "system", "content": "Be long"}, *TWO_TURNS[:2]]
    assert "Be brief" not in render({"messages": own}, system_message="Be brief").text


def test_tools_show_exactly_the_keys_of_their_row():
    first = {"messages": TWO_TURNS[:2], "tools": '[{"name":"a","parameters":{"x":{"type":"int"}}}]'}
    second = {"messages": TWO_TURNS[:2], "tools": '[{"name":"b","parameters":{"y":{"type":"str"}}}]'}
    texts = [render(row).text for row in (first, second)]
    assert not any("null" in text for text in texts)
    assert '"y"' not in texts[0]
    assert '"x"' not in texts[1]


def test_tool_calls_reach_the_template_as_objects():
    calls = '[{"function":{"name":"w","arguments":{"city":"Bern"}}}]'
    messages = [TWO_TURNS[0], {"role": "assistant", "content": "", "tool_calls": calls}]
    (text,) = learnt(render({"messages": messages}))
    assert text == ' calls [{"function": {"name": "w", "arguments": {"city": "Bern"}}}]<|im_end|>'


def test_a_template_that_refuses_a_chat_makes_an_unusable_row():
    from jinja2 import TemplateError

    def strict(messages, _tools, _generate):
        if messages[0]["role"] != "user":
            raise TemplateError("roles must alternate")
        return chatml(messages, None, _generate)

    with pytest.raises(Unusable, match="roles must alternate"):
        render({"messages": [{"role": "system", "content": "x"}, *TWO_TURNS]}, template=strict)


def test_alpaca_rows_take_the_chat_template_or_the_usual_headings():
    row = {"instruction": "Name a fruit", "input": "red", "output": "Apple"}
    assert learnt(render(row)) == ["Apple<|im_end|>"]
    assert "Name a fruit\n\nred" in render(row).text
    plain = render(row, template=None, end="</s>", stops=("</s>",))
    assert plain.text.endswith("### Input:\nred\n\n### Response:\nApple</s>")
    assert learnt(plain) == ["Apple</s>"]


def test_a_template_of_the_users_own_names_any_column():
    row = {"instruction": "Name", "input": "", "output": "Apple"}
    found = render(row, {"topic": "fruit"}, prompt_template='{topic}: {instruction} {"a": 1} => ')
    assert found.text == 'fruit: Name {"a": 1} => Apple<|im_end|>'
    with pytest.raises(Unusable, match=r"names \{colour\}"):
        render(row, {}, prompt_template="{colour}")


def test_a_completion_is_learnt_and_its_prompt_is_not():
    assert learnt(render({"prompt": "Q: 1+1?\nA:", "completion": " 2"})) == [" 2<|im_end|>"]
    chat = {"prompt": TWO_TURNS[:3], "completion": TWO_TURNS[3:]}
    assert learnt(render(chat)) == ["4<|im_end|>"]


def test_text_is_learnt_whole_and_ends_once():
    assert render({"text": "abc"}, learn="all").text == "abc<|im_end|>"
    assert render({"text": "abc<|im_end|>"}, learn="all").text == "abc<|im_end|>"
