"""Run folders as the launcher makes them, with a tiny random model."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python"))
PLAN = ROOT / "test" / "fixtures" / "plans" / "support-triage.json"

# Before anything imports torch: the tests of this folder train on the CPU also where there is a GPU.
os.environ.update(
    UNSLOTH_FORCE_CPU="1",
    UNSLOTH_AUTO_INSTALL="0",
    UNSLOTH_DISABLE_STATISTICS="1",
    HF_HUB_OFFLINE="1",
    TOKENIZERS_PARALLELISM="false",
    GOMP_SPINCOUNT="10000",
)


def chats(count: int) -> list[dict[str, Any]]:
    """Rows whose lengths differ, so that the order of batches shows in the losses."""
    return [
        {
            "messages": [
                {"role": "user", "content": f"Question {i}: " + "how " * (i % 5 + 1)},
                {"role": "assistant", "content": f"Answer {i}: " + "so " * (i % 7 + 1)},
            ]
        }
        for i in range(count)
    ]


class Run:
    """A run folder and what its trainer said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def events(self, attempt: int | None = None, type_: str | None = None) -> list[dict[str, Any]]:
        lines = (self.folder / "events.jsonl").read_text(encoding="ascii").splitlines()
        found = []
        for line in lines:
            try:
                event = json.loads(line)
            except json.JSONDecodeError:
                continue
            if attempt in (None, event["attempt"]) and type_ in (None, event["type"]):
                found.append(event)
        return found

    def one(self, type_: str, attempt: int | None = None) -> dict[str, Any]:
        found = self.events(attempt, type_)
        assert len(found) == 1, f"{len(found)} {type_} events: {found}"
        return found[0]

    def losses(self, attempt: int | None = None) -> dict[int, float]:
        return {event["step"]: event["loss"] for event in self.events(attempt, "step")}

    def new_attempt(self, number: int, resume_from: str | None) -> None:
        record = {"attempt": number, "token": "t", "created": "2026-11-25T00:00:00Z", "target": "local"}
        path = self.folder / "attempts" / f"{number}.json"
        path.write_text(json.dumps({**record, "resume_from": resume_from}), encoding="utf-8")

    def spawn(self, number: int = 0, prelude: str = "") -> subprocess.Popen[str]:
        """In a process of its own; `prelude` is Python that runs there first."""
        call = f"sys.exit(main(['train', {str(self.folder)!r}, '--attempt', '{number}']))"
        code = f"{prelude}\nimport sys\nfrom finetune_trainer.__main__ import main\n{call}"
        return subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(ROOT / "python")},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def train(self, number: int = 0) -> int:
        """In this process: importing Unsloth once is enough for many runs."""
        from finetune_trainer.train import main

        folder, handlers = Path.cwd(), {s: signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGINT)}
        try:
            return main(str(self.folder), number)
        finally:
            os.chdir(folder)
            for number_, handler in handlers.items():
                signal.signal(number_, handler)


def set_keys(plan: dict[str, Any], changes: dict[str, Any]) -> None:
    """`changes` maps dotted keys to values: "training.max_steps"."""
    for key, value in changes.items():
        *parents, last = key.split(".")
        target = plan
        for parent in parents:
            target = target[int(parent)] if isinstance(target, list) else target[parent]
        target[last] = value


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import unsloth  # noqa: F401 (before transformers, as in the trainer)

    from finetune_trainer.tiny_model import make_tiny_model

    return make_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds what another has left, or leaves something with the person who runs it."""
    monkeypatch.setenv("FINETUNE_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def make_run(tmp_path: Path, tiny: Path):
    """make_run(rows, eval_rows, **{"training.max_steps": 4}) → Run"""

    def make(
        rows: list[dict[str, Any]] | str | None = None,
        eval_rows: list[dict[str, Any]] | None = None,
        changes: dict[str, Any] | None = None,
        name: str = "run",
        model: Path = tiny,
    ) -> Run:
        folder = tmp_path / name
        (folder / "attempts").mkdir(parents=True)
        (folder / "work").mkdir()
        plan = json.loads(PLAN.read_text(encoding="utf-8"))
        plan["model"].update(name="./tiny", input="model", embedded=None)
        texts = {"dataset.0": rows if rows is not None else chats(24), "eval_dataset.0": eval_rows}
        inputs, paths = {}, {"model": str(model)}
        for key, content in texts.items():
            if content is None:
                continue
            text = content if isinstance(content, str) else "".join(json.dumps(row) + "\n" for row in content)
            path = tmp_path / f"{name}-{key}.jsonl"
            path.write_text(text, encoding="utf-8")
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            inputs[key] = {"source": path.name, "kind": "file", "bytes": path.stat().st_size, "sha256": digest}
            paths[key] = str(path)
        inputs["model"] = {"source": "./tiny", "kind": "folder", "bytes": 0, "sha256": "0" * 64}
        plan["inputs"] = inputs
        plan["save"] = []
        if eval_rows is None:
            plan["eval_dataset"] = None
        set_keys(plan, {"training.max_steps": 6, "training.save_steps": 3, "training.eval_steps": 3})
        set_keys(plan, changes or {})
        (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        (folder / "inputs.json").write_text(json.dumps(paths), encoding="utf-8")
        run = Run(folder)
        run.new_attempt(0, None)
        return run

    return make
