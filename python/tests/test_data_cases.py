"""Shapes of data that broke trainers, each as its owner wrote it: what is learnt, and what is said."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from prepared import json_lines, seen

from finetune_trainer.data.problem import DataError

TOOLS_TEMPLATE = (
    "{% if tools %}{{ '<|im_start|>tools\n' + (tools | tojson) + '<|im_end|>\n' }}{% endif %}"
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


@pytest.fixture
def tokenizer(tiny: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny)


@pytest.fixture
def look(tmp_path: Path, tokenizer):
    return lambda content, **options: seen(tmp_path, tokenizer, content, **options)


def refused(look, content, **options) -> DataError:
    with pytest.raises(DataError) as raised:
        look(content, **options)
    return raised.value


def chat(*turns: tuple[str, str]) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": content} for role, content in turns]}


@pytest.mark.parametrize("format_", ["auto", "sharegpt"])
def test_d01_human_and_gpt_are_roles_without_being_told(look, format_: str):
    row = {
        "conversations": [
            {"from": "human", "value": "Which bin is for glass?"},
            {"from": "gpt", "value": "The green one."},
        ]
    }
    found = look(json_lines(row), changes={"dataset.0.format": format_})
    assert found.learnt() == ["The green one.<|im_end|>"]
    assert "<|im_start|>user\nWhich bin is for glass?<|im_end|>" in found.texts()[0]
    assert found.train.report.skipped_total == 0


def test_d04_a_last_turn_of_the_user_is_left_out_and_counted(look):
    ends = chat(("user", "Translate: ship"), ("assistant", "navire"), ("user", "and boat?"))
    found = look(json_lines(ends, chat(("user", "Hello?")), ends))
    assert found.learnt() == ["navire<|im_end|>", "navire<|im_end|>"]
    assert not any("and boat?" in text for text in found.texts())
    count, first = found.train.report.notes["turn-trailing"]
    assert count == 2
    assert "line 1" in first and "after the last answer" in first
    (bad,) = found.train.report.skipped
    assert (bad["line"], bad["code"]) == (2, "no-assistant")


def test_d06_tools_of_a_row_are_those_of_the_row(look, tokenizer):
    def row(name: str, key: str, kind: str) -> dict[str, Any]:
        tools = [{"name": name, "parameters": {key: {"type": kind}}}]
        return {**chat(("user", "Now?"), ("assistant", "Yes.")), "tools": tools}

    tokenizer.chat_template = TOOLS_TEMPLATE
    found = look(json_lines(row("a", "x", "int"), row("b", "y", "str")))
    first, second = found.texts()
    assert '[{"name": "a", "parameters": {"x": {"type": "int"}}}]' in first
    assert '[{"name": "b", "parameters": {"y": {"type": "str"}}}]' in second
    assert "null" not in first + second
    assert '"y"' not in first and '"x"' not in second
    assert '"x"' in found.train.report.sample["text"], "the sample shows the keys of its row"


def test_d08_an_empty_answer_is_skipped_with_its_line(look):
    empty = {"instruction": "Summarise", "input": "", "output": ""}
    blank = {"instruction": "Summarise", "input": "", "output": " \n\t"}
    pear = {"instruction": "Name a fruit", "input": "", "output": "Pear"}
    found = look(json_lines(empty, pear, blank))
    assert found.learnt() == ["Pear<|im_end|>"]
    assert [(row["line"], row["code"]) for row in found.train.report.skipped] == [
        (1, "answer-empty"),
        (3, "answer-empty"),
    ]
    error = refused(look, json_lines(empty, blank))
    assert error.code == "rows-unusable"
    assert "data.jsonl, line 1" in str(error) and "2 skipped" in str(error)


@pytest.mark.parametrize(
    ("how", "lengths"),
    [("auto", [64, 64, 64, 64, 48]), ("split", [64, 64, 64, 64, 48]), ("truncate", [64]), ("drop", [])],
)
def test_d11_long_rows_are_split_cut_or_dropped_as_told_and_counted(look, how: str, lengths: list[int]):
    """Without a word text is split: nothing of it is lost."""
    rows = [{"text": "ab " * 101}, {"text": "short"}]
    changes = {"model.max_seq_length": 64, "dataset.0.overlength": how}
    found = look(json_lines(*rows), changes=changes)
    assert [len(row["input_ids"]) for row in found.train.dataset][:-1] == lengths
    assert found.train.report.truncated == 1
    assert found.train.tokens["histogram"], "how the lengths spread"
    assert found.train.report.skipped_total == (1 if how == "drop" else 0)
    if how == "drop":
        assert "304 tokens, more than max_seq_length 64" in found.train.report.skipped[0]["message"]


def test_d11_long_chats_are_dropped_without_a_word_in_the_config(look):
    rows = [chat(("user", "Hi"), ("assistant", "ab " * 101)), chat(("user", "Hi"), ("assistant", "Hello"))]
    found = look(json_lines(*rows), changes={"model.max_seq_length": 64})
    assert found.learnt() == ["Hello<|im_end|>"]
    assert [row["code"] for row in found.train.report.skipped] == ["row-overlong"]
    error = refused(look, json_lines(rows[0]), changes={"model.max_seq_length": 64})
    assert "overlength to truncate" in str(error.hint)


@pytest.mark.parametrize("name", ["data.jsonl", "data.json", "data.csv"])
@pytest.mark.parametrize("shape", ["list", "lines"])
def test_d13_the_first_character_decides_whatever_the_extension_says(look, name: str, shape: str):
    rows = [{"instruction": "a", "output": "b"}, {"instruction": "c", "output": "d"}]
    text = json.dumps(rows, indent=1) if shape == "list" else json_lines(*rows)
    assert look(text, name=name).learnt() == ["b<|im_end|>", "d<|im_end|>"]


def test_d13_objects_over_several_lines_are_refused_with_the_line_and_the_remedy(look):
    pretty = "\n".join(json.dumps({"instruction": "a", "output": "b"}, indent=2) for _ in range(2))
    error = refused(look, pretty)
    assert (error.code, error.line) == ("json-pretty-printed", 1)
    assert "data.jsonl, line 1" in str(error) and "Put each row on one line" in str(error)


def test_d14_unused_columns_never_matter_and_used_ones_are_named(look):
    rows = [
        {"id": 1, "instruction": "a", "output": "b"},
        {"id": "x-2", "instruction": "c", "output": 7},
        {"id": 3, "instruction": "d", "output": ["e"]},
        {"id": None, "instruction": "f", "output": 8.5},
    ]
    found = look(json_lines(*rows))
    assert found.learnt() == ["b<|im_end|>", "7<|im_end|>", "8.5<|im_end|>"]
    assert found.train.report.notes["value-as-text"][0] == 2
    (bad,) = found.train.report.skipped
    assert bad["line"] == 3
    assert bad["message"] == "output is a list where text is expected."


def test_d15_a_side_column_of_mixed_lists_is_not_read(look):
    row = {"text": "Steel is rolled.", "ner": [[0, 4, "PROCESS"], [15, 16, "PROTEIN"]]}
    assert look(json_lines(row, {**row, "ner": 5})).learnt() == ["Steel is rolled.<|im_end|>"] * 2


def parquet(rows: list[dict[str, Any]]) -> bytes:
    import pyarrow
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(rows), out)
    return out.getvalue()


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.png", content)
    return out.getvalue()


def test_d17_gzip_and_parquet_are_read_by_their_first_bytes(look):
    row = {"instruction": "a", "output": "b"}
    for content in (gzip.compress(json_lines(row).encode()), parquet([row])):
        assert look(content).learnt() == ["b<|im_end|>"]


def test_d17_a_zip_says_so(look):
    error = refused(look, zipped(b"x"))
    assert error.code == "file-zip"
    assert "zip archive" in str(error)


RIVER = {
    "prompt": "Name a river",
    "chosen": [{"role": "user", "content": "Name a river"}, {"role": "assistant", "content": "Rhine"}],
    "rejected": [{"role": "user", "content": "Name a river"}, {"role": "assistant", "content": "Alps"}],
}


def test_d20_a_prompt_repeated_in_both_answers_is_rendered_once(look):
    equal = {**RIVER, "rejected": RIVER["chosen"]}
    found = look(json_lines(RIVER, equal, equal), changes={"training.method": "dpo", "training.dpo": {"beta": 0.1}})
    row = found.train.dataset[0]
    assert row["prompt"].count("Name a river") == 1
    assert (row["chosen"], row["rejected"]) == ("Rhine<|im_end|>", "Alps<|im_end|>")
    count, first = found.train.report.notes["pair-equal"]
    assert count == 2
    assert "line 2" in first


def test_d22_raw_text_is_cut_into_rows_before_it_is_split(look):
    corpus = "The mill stands by the river and turns. " * 400
    changes = {"model.max_seq_length": 64, "test_size": 0.1}
    found = look(corpus, name="corpus.txt", changes=changes)
    assert found.evaluation is not None
    assert found.train.rows > 50 and 1 <= found.evaluation.rows < found.train.rows
    assert max(len(row["input_ids"]) for row in found.train.dataset) <= 64


def test_d22_one_row_and_a_split_is_an_error_at_the_split(look):
    error = refused(look, json_lines({"text": "All there is."}), changes={"test_size": 0.1})
    assert (error.code, error.path) == ("split-too-small", "dataset.test_size")
    assert "1 usable row " in str(error)


@pytest.mark.parametrize("column", ["messages", "conversations"])
@pytest.mark.parametrize("keys", [("role", "content"), ("from", "value")])
def test_d24_both_names_and_both_key_styles(look, column: str, keys: tuple[str, str]):
    who, what = keys
    row = {column: [{who: "user", what: "Hi"}, {who: "assistant", what: "Hello"}]}
    assert look(json_lines(row)).learnt() == ["Hello<|im_end|>"]


HI = chat(("user", "Hi"), ("assistant", "Hello"))


def test_d27_copies_are_counted_also_between_sources(look):
    spaced = chat(("user", " Hi "), ("assistant", "Hello\n"))
    other = chat(("user", "Bye"), ("assistant", "See you"))
    found = look([json_lines(HI, other), json_lines(HI, spaced)])
    ((code, message),) = found.warnings
    assert code == "duplicate-rows"
    assert "2 of 4 rows" in message
    assert look(json_lines(HI, other)).warnings == []


def test_d27_a_long_row_in_pieces_is_no_copy_of_itself(look):
    found = look(json_lines({"text": "ab " * 101}), changes={"model.max_seq_length": 64})
    assert len(found.train.dataset) == 5
    assert found.warnings == []


def test_d27_evaluation_rows_that_are_trained_on_are_counted(look):
    other = chat(("user", "Bye"), ("assistant", "See you"))
    found = look(json_lines(HI), evaluation=json_lines(HI, other))
    ((code, message),) = found.warnings
    assert code == "eval-overlap"
    assert "1 of 2 evaluation rows" in message


def test_d29_token_ids_show_their_text_and_what_is_learnt(look, tokenizer):
    ids = tokenizer("What is the capital? Paris")["input_ids"]
    answer = tokenizer(" Paris")["input_ids"]
    labels = [*([-100] * (len(ids) - len(answer))), *ids[-len(answer) :]]
    for content in (json_lines({"input_ids": ids, "labels": labels}), parquet([{"input_ids": ids, "labels": labels}])):
        found = look(content)
        sample = found.train.report.sample
        assert sample["text"] == "What is the capital? Paris"
        assert [sample["text"][a:b] for a, b, trained in sample["spans"] if trained] == [" Paris"]


@pytest.mark.parametrize("section", ["dataset", "eval_dataset"])
def test_d29_ids_beyond_the_model_are_refused_before_training(make_run, section: str):
    good, bad = [{"input_ids": [5, 6, 7]}] * 4, [{"input_ids": [5, 99_999, 7]}]
    run = make_run(bad if section == "dataset" else good, good if section == "dataset" else bad)
    assert run.train() == 1
    error = run.one("error")
    assert (error["code"], error["phase"], error["path"]) == ("token-id-too-large", "prepare", section)
    assert "token id 99999" in error["message"] and "embeddings" in error["message"]
    assert "the tokenizer that made" in error["hint"]
    assert not run.events(type_="step")
