"""Whole runs of the tiny model with the real Unsloth, and what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import ROOT, Run, chats, set_keys

SHAPES = ROOT / "test" / "fixtures" / "events"


def shape(event: dict) -> dict:
    """The keys of an event and the kinds of their values: what must not change without the reader knowing."""

    def kind(value):
        if isinstance(value, dict):
            return {key: kind(item) for key, item in sorted(value.items())}
        if isinstance(value, list):
            return [kind(value[0])] if value else []
        return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__

    skip = {"versions", "metrics", "peaks"}
    return {key: kind(value) for key, value in sorted(event.items()) if key not in skip}


def shapes(events: list[dict]) -> list[dict]:
    """Without what depends on time."""
    return [
        shape(event)
        for event in events
        if event["type"] not in ("memory", "heartbeat") and event.get("state") != "progress"
    ]


def anonymous(events: list[dict]) -> list[dict]:
    """Events that may be committed: nothing of the machine that made them."""
    return [
        {**e, "pid": 1, "host": "host", "python": "python3", "cwd": "/run"} if e["type"] == "started" else e
        for e in events
    ]


@pytest.fixture
def fixture_run(make_run) -> Run:
    """The run of which the events are committed, stopped and resumed."""
    save = [
        {"method": "merged_16bit", "quantization_method": [], "push_to_hub": None, "private": True, "overwrite": False}
    ]
    rows = [*chats(12), {"messages": [{"role": "user", "content": "nobody answers"}]}]
    return make_run(rows, chats(3), {"training.max_steps": 6, "training.save_steps": 2, "save": save})


def test_events_are_those_that_the_reader_knows(fixture_run, request):
    """Renew the files with FINETUNE_WRITE_FIXTURES=1."""
    import os

    run = fixture_run
    assert run.train() == 0
    run.new_attempt(1, "checkpoints/checkpoint-4")
    assert run.train(1) == 0
    first = run.events(0)
    if os.environ.get("FINETUNE_WRITE_FIXTURES"):
        SHAPES.mkdir(parents=True, exist_ok=True)
        for name, events in (("tiny-sft", first), ("tiny-sft-resumed", run.events())):
            lines = "".join(json.dumps(event, separators=(",", ":")) + "\n" for event in anonymous(events))
            (SHAPES / f"{name}.jsonl").write_text(lines, encoding="ascii")
    for name, events in (("tiny-sft", first), ("tiny-sft-resumed", run.events())):
        lines = (SHAPES / f"{name}.jsonl").read_text(encoding="ascii").splitlines()
        assert shapes(events) == shapes([json.loads(line) for line in lines]), f"{name}: see this test's first line"

    types = [event["type"] for event in first]
    assert types[0] == "started"
    assert types[-1] == "finished"
    assert [event["seq"] for event in first] == list(range(len(first)))
    data = [event for event in first if event["type"] == "dataset"]
    assert [(event["split"], event["rows"]) for event in data] == [("train", 12), ("eval", 3)]
    assert data[0]["skipped_total"] == 1
    assert data[0]["skipped"][0]["line"] == 13
    assert data[0]["skipped"][0]["code"] == "no-assistant"
    learnt = [data[0]["sample"]["text"][a:b] for a, b, trained in data[0]["sample"]["spans"] if trained]
    assert learnt == ["Answer 0: so <|im_end|>"]
    steps = run.events(0, "step")
    assert sum(step["tokens"] for step in steps) == steps[-1]["tokens_total"]
    assert 0 < steps[0]["trained_tokens"] < steps[0]["tokens"]
    assert [event["kind"] for event in run.events(0, "artifact")] == ["adapter", "merged_16bit"]

    adapter = run.folder / "adapter"
    assert json.loads((adapter / "adapter_config.json").read_text())["base_model_name_or_path"] == "./tiny"
    assert json.loads((adapter / "generation_config.json").read_text())["eos_token_id"] == 2
    assert {"tokenizer.json", "chat_template.jinja", "finetune.json"} <= {path.name for path in adapter.iterdir()}
    assert [path.name for path in adapter.glob("*.safetensors")] == ["adapter_model.safetensors"]


def test_artefacts_reload_with_plain_libraries_and_agree(make_run, tiny):
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    save = [
        {"method": "merged_16bit", "quantization_method": [], "push_to_hub": None, "private": True, "overwrite": False}
    ]
    run = make_run(changes={"save": save, "training.learning_rate": 0.02})
    assert run.train() == 0
    merged = run.folder / "export" / "merged_16bit"
    tokenizer = AutoTokenizer.from_pretrained(merged)
    ids = torch.tensor([tokenizer("Question")["input_ids"]])
    with torch.no_grad():
        base = AutoModelForCausalLM.from_pretrained(tiny, dtype=torch.float32)
        plain = base(ids).logits
        tuned = PeftModel.from_pretrained(base, run.folder / "adapter")(ids).logits
        whole = AutoModelForCausalLM.from_pretrained(merged, dtype=torch.float32)(ids).logits
    assert (tuned - plain).abs().max() > 0.05
    assert (tuned - whole).abs().max() < 0.05


def test_full_fine_tuning_writes_a_model(make_run):
    run = make_run(changes={"lora": None, "model.full_finetuning": True, "model.load_in_16bit": False})
    assert run.train() == 0
    assert [event["kind"] for event in run.events(type_="artifact")] == ["model"]
    model = run.one("model")
    assert model["trainable_parameters"] == model["parameters"]
    assert (run.folder / "model" / "model.safetensors").exists()


def test_an_adapter_is_continued(make_run):
    first = make_run(name="first")
    assert first.train() == 0
    config = first.folder / "adapter" / "adapter_config.json"
    settings = json.loads(config.read_text())
    settings["base_model_name_or_path"] = json.loads((first.folder / "inputs.json").read_text())["model"]
    config.write_text(json.dumps(settings))

    second = make_run(name="second", model=first.folder / "adapter")
    assert second.train() == 0
    assert second.losses()[1] < first.losses()[1]

    other = make_run(name="other", model=first.folder / "adapter", changes={"lora.r": 8})
    assert other.train() == 1
    error = other.one("error")
    assert (error["code"], error["path"]) == ("adapter-lora-differs", "lora.r")


def test_a_split_by_share(make_run):
    run = make_run(chats(40), changes={"test_size": 0.2, "training.max_steps": 2})
    assert run.train() == 0
    train, held = run.events(type_="dataset")
    assert train["rows"] + held["rows"] == 40
    assert 2 <= held["rows"] <= 16


def test_text_is_split_into_whole_sequences(make_run):
    rows = [{"text": "so it goes and goes " * 200}]
    run = make_run(rows, changes={"model.max_seq_length": 64, "training.max_steps": 2})
    assert run.train() == 0
    data = run.one("dataset")
    assert data["tokens"]["max"] == 64
    assert data["tokens"]["trained"] == data["tokens"]["total"]
    assert data["truncated"] == 1


@pytest.mark.parametrize(
    ("rows", "code", "words"),
    [
        ("", "file-empty", "has no rows"),
        ('{"a": 1}\n', "format-unknown", "No format fits the columns a"),
        ("{\n", "json-pretty-printed", "line 1"),
        ([{"instruction": "x", "output": ""}], "rows-unusable", "output is empty"),
        ([{"messages": [{"role": "user", "content": "?"}]}], "rows-unusable", "nothing to learn"),
    ],
)
def test_a_dataset_that_cannot_be_used_is_one_sentence(make_run, rows, code, words):
    run = make_run(rows)
    assert run.train() == 1
    error = run.one("error")
    assert error["code"] == code
    assert words in error["message"]
    assert "support_triage.jsonl" in error["message"]
    assert error["path"].startswith("dataset")
    assert run.one("finished")["status"] == "failed"


def test_rows_without_a_token_to_learn_end_before_training(make_run):
    rows = [{"messages": [{"role": "user", "content": "long " * 100}, {"role": "assistant", "content": "x"}]}]
    run = make_run(rows, changes={"model.max_seq_length": 32, "dataset.0.overlength": "truncate"})
    assert run.train() == 1
    assert run.one("error")["code"] == "no-trained-token"
    assert not run.events(type_="step")


def test_chats_without_a_template_are_refused_with_the_way_out(make_run, tiny, tmp_path):
    import shutil

    base = shutil.copytree(tiny, tmp_path / "base")
    (base / "chat_template.jinja").unlink()
    run = make_run(model=base)
    assert run.train() == 1
    error = run.one("error")
    assert error["code"] == "no-chat-template"
    assert "chat_template" in error["hint"]


def test_a_template_by_name_brings_its_end_of_turn(make_run, tiny, tmp_path):
    import shutil

    base = shutil.copytree(tiny, tmp_path / "base")
    (base / "chat_template.jinja").unlink()
    run = make_run(model=base, changes={"dataset.0.chat_template": "chatml", "training.max_steps": 1})
    assert run.train() == 0
    sample = run.one("dataset")["sample"]
    learnt = [sample["text"][a:b] for a, b, trained in sample["spans"] if trained]
    assert learnt == ["Answer 0: so <|im_end|>"]
    assert "<|im_start|>" in (run.folder / "adapter" / "chat_template.jinja").read_text()


def test_a_template_whose_package_is_missing_is_one_sentence(make_run, monkeypatch):
    import sys

    # An environment of the user's own may lack what Unsloth renames tokens with.
    for name in [name for name in sys.modules if name.partition(".")[0] in ("google", "sentencepiece")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sentencepiece", None)
    monkeypatch.setitem(sys.modules, "google.protobuf", None)
    monkeypatch.setitem(sys.modules, "google.protobuf.internal", None)
    monkeypatch.delitem(sys.modules, "transformers.utils.sentencepiece_model_pb2", raising=False)
    run = make_run(changes={"dataset.0.chat_template": "gemma", "training.max_steps": 1})
    code = run.train()
    error = run.one("error")
    assert (code, error["code"]) == (1, "chat-template-needs-package")
    assert "protobuf" in error["hint"]


def test_a_template_that_does_not_exist(make_run):
    unknown = make_run(changes={"dataset.0.chat_template": "chatmll"})
    assert unknown.train() == 1
    error = unknown.one("error")
    assert (error["code"], error["path"]) == ("chat-template-unknown", "dataset[0].chat_template")


def test_a_template_from_a_jinja_file(make_run, tmp_path):
    path = tmp_path / "own.jinja"
    path.write_text(
        "{% for m in messages %}[{{ m.role }}] {{ m.content }}<|im_end|>{% endfor %}"
        "{% if add_generation_prompt %}[assistant] {% endif %}"
    )
    run = make_run(changes={"dataset.0.chat_template": {"input": "template.0"}, "training.max_steps": 1})
    inputs = json.loads((run.folder / "inputs.json").read_text())
    (run.folder / "inputs.json").write_text(json.dumps({**inputs, "template.0": str(path)}))
    assert run.train() == 0
    assert run.one("dataset")["sample"]["text"].startswith("[user] Question 0")


def test_a_dataset_of_the_hub_without_a_network_is_one_sentence(make_run):
    hub = {"id": "someone/chats", "name": None, "split": "train", "revision": None}
    run = make_run(changes={"dataset.0.input": None, "dataset.0.hub": hub, "dataset.0.label": "someone/chats"})
    assert run.train() == 1
    error = run.one("error")
    assert error["code"] in ("hub-unreachable", "hub-dataset-missing")
    assert "someone/chats" in error["message"]
    assert error["path"] == "dataset[0]"


def test_a_file_that_changed_after_the_plan_is_refused(make_run):
    run = make_run()
    path = Path(json.loads((run.folder / "inputs.json").read_text())["dataset.0"])
    path.write_text(path.read_text() + "\n")
    assert run.train() == 1
    assert run.one("error")["code"] == "input-changed"


def test_what_a_cpu_cannot_do_is_said(make_run):
    changes = {
        "model.load_in_4bit": True,
        "model.load_in_16bit": False,
        "training.packing": True,
        "training.max_steps": 1,
    }
    run = make_run(changes=changes)
    assert run.train() == 0
    codes = [event["code"] for event in run.events(type_="warning")]
    assert codes == ["cpu-no-quantization", "cpu-no-packing"]
    model = run.one("model")
    assert (model["quantization"], model["packing"]) == ("none", False)


def test_a_trainer_that_dies_at_import_says_why(make_run):
    run = make_run()
    process = run.spawn(prelude="import sys\nsys.modules['unsloth'] = None\n")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    error = run.one("error")
    assert error["phase"] == "import"
    assert "unsloth" in error["message"]
    assert "ModuleNotFoundError" in output
    assert run.one("finished")["status"] == "failed"


def test_a_plan_of_another_version_is_exit_2(make_run):
    run = make_run()
    path = run.folder / "plan.json"
    plan = json.loads(path.read_text())
    set_keys(plan, {"version": 7})
    path.write_text(json.dumps(plan))
    assert run.train() == 2
    assert not (run.folder / "events.jsonl").exists()


def test_an_export_that_fails_leaves_the_training_succeeded(make_run, monkeypatch):
    from finetune_trainer import save

    save_list = [
        {"method": "merged_16bit", "quantization_method": [], "push_to_hub": None, "private": True, "overwrite": False}
    ]
    run = make_run(changes={"save": save_list, "training.max_steps": 1})

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(save, "need_space", full)
    assert run.train() == 0
    finished = run.one("finished")
    assert (finished["status"], finished["incomplete"]) == ("succeeded", ["merged_16bit"])
    assert run.one("error")["phase"] == "export"
    assert (run.folder / "adapter" / "adapter_model.safetensors").exists()


def test_a_deadline_ends_with_a_checkpoint(make_run, monkeypatch):
    from finetune_trainer import train
    from finetune_trainer.stop import Stop

    class AtThirdStep(Stop):
        def asked(self):
            if len(run.events(type_="step")) >= 2:
                self.request("deadline")
            return super().asked()

    run = make_run(changes={"training.max_steps": 50})
    monkeypatch.setattr(train, "Stop", AtThirdStep)
    assert run.train() == 75
    finished = run.one("finished")
    assert (finished["status"], finished["reason"]) == ("interrupted", "deadline")
    assert [event["step"] for event in run.events(type_="checkpoint")] == [finished["step"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"training.max_steps": 4},
        {"training.num_train_epochs": 1},
        # Loss falls: asking for the greatest makes the first evaluation the best one, and its weights the result.
        {
            "training.max_steps": 4,
            "training.eval_steps": 2,
            "training.load_best_model_at_end": True,
            "training.greater_is_better": True,
        },
    ],
)
def test_an_attempt_that_ended_between_its_last_step_and_its_last_word_trains_nothing_more(make_run, changes):
    rows = {"eval_rows": chats(4)} if "training.eval_steps" in changes else {}
    run = make_run(chats(8), changes={"training.max_steps": None, "training.save_steps": 2, **changes}, **rows)
    assert run.train() == 0
    adapter = run.folder / "adapter" / "adapter_model.safetensors"
    before, last = adapter.read_bytes(), max(run.losses(0))
    if rows:
        assert [event["step"] for event in run.events(type_="eval") if event["best"]] == [2]
        assert before != (run.folder / f"checkpoints/checkpoint-{last}/{adapter.name}").read_bytes()
    run.new_attempt(1, f"checkpoints/checkpoint-{last}")
    assert run.train(1) == 0
    assert run.losses(1) == {}
    assert (run.one("finished", 1)["status"], run.one("finished", 1)["step"]) == ("succeeded", last)
    assert adapter.read_bytes() == before
