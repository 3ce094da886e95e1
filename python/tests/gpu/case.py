"""One run folder as the launcher prepares it, and how `python -m finetune_trainer` trains it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parents[1]
sys.path[:0] = [str(TESTS), str(ROOT / "python")]

PLAN = ROOT / "test" / "fixtures" / "plans" / "support-triage.json"
MODES = {
    "qlora": {"model.load_in_4bit": True, "model.load_in_16bit": False},
    "lora8": {"model.load_in_8bit": True, "model.load_in_16bit": False},
    "lora16": {"model.load_in_16bit": True},
    "full": {"model.load_in_16bit": False, "model.full_finetuning": True, "lora": None},
}
COMMON = {
    "model.dtype": "auto",
    "model.use_gradient_checkpointing": "unsloth",
    "training.optim": "adamw_8bit",
    "training.max_steps": 12,
    "training.save_steps": 6,
    "training.eval_steps": 6,
    "training.learning_rate": 0.005,
}
METHODS = (
    ("dpo", "pairs.jsonl", {"beta": 0.1}),
    ("orpo", "pairs.jsonl", {"beta": 0.1}),
    ("kto", "rated.jsonl", {"beta": 0.1}),
    (
        "grpo",
        "train.jsonl",
        {"reward_funcs": [{"name": "length", "target": 20}], "num_generations": 2, "max_completion_length": 16},
    ),
)


def set_keys(plan: dict[str, Any], changes: dict[str, Any]) -> None:
    for key, value in changes.items():
        *parents, last = key.split(".")
        target = plan
        for parent in parents:
            target = target[int(parent)] if isinstance(target, list) else target[parent]
        target[last] = value


class Case:
    """One run folder, prepared as the launcher prepares it."""

    def __init__(
        self, work: Path, name: str, family: str, changes: dict[str, Any], environment: dict[str, str], rows: str
    ) -> None:
        self.name, self.family, self.folder = name, family, work / name
        self.environment = environment
        (self.folder / "attempts").mkdir(parents=True)
        plan = json.loads(PLAN.read_text(encoding="utf-8"))
        model = work / "models" / family
        plan["model"].update(name=f"./{family}", input="model", embedded=None)
        paths = {"model": str(model)}
        plan["inputs"] = {"model": {"source": f"./{family}", "kind": "folder", "bytes": 0, "sha256": "0" * 64}}
        for key, file in (("dataset.0", rows), ("eval_dataset.0", "eval.jsonl")):
            path = work / file
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            plan["inputs"][key] = {"source": file, "kind": "file", "bytes": path.stat().st_size, "sha256": digest}
            paths[key] = str(path)
        set_keys(plan, {**COMMON, **changes})
        (self.folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        (self.folder / "inputs.json").write_text(json.dumps(paths), encoding="utf-8")

    def train(self, attempt: int = 0, resume_from: str | None = None, watch: Callable[[], None] | None = None) -> int:
        record = {"attempt": attempt, "token": "t", "created": "", "target": "local", "resume_from": resume_from}
        (self.folder / "attempts" / f"{attempt}.json").write_text(json.dumps(record), encoding="utf-8")
        path = os.pathsep.join([str(ROOT / "python"), *filter(None, [os.environ.get("PYTHONPATH")])])
        with (self.folder / f"output.{attempt}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "finetune_trainer", "train", str(self.folder), "--attempt", str(attempt)],
                env={**os.environ, "PYTHONPATH": path, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            end = time.monotonic() + 420
            while process.poll() is None:
                if watch is not None:
                    watch()
                if time.monotonic() > end:
                    process.kill()
                time.sleep(0.05)
        return process.returncode

    def events(self, attempt: int | None = None, type_: str | None = None) -> list[dict[str, Any]]:
        path = self.folder / "events.jsonl"
        lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
        found = [json.loads(line) for line in lines if line.endswith("}")]
        return [e for e in found if attempt in (None, e["attempt"]) and type_ in (None, e["type"])]

    def losses(self, attempt: int) -> dict[int, float]:
        return {e["step"]: e["loss"] for e in self.events(attempt, "step")}

    def summary(self) -> dict[str, Any]:
        """What is worth reading of the events."""
        by = {e["type"]: e for e in self.events()}
        steps = self.events(type_="step")
        model, finished = by.get("model", {}), by.get("finished", {})
        phases = [e for e in self.events(type_="phase") if e["state"] == "end"]
        return {
            "status": finished.get("status"),
            "incomplete": finished.get("incomplete"),
            "losses": [steps[0]["loss"], steps[-1]["loss"]] if steps else [],
            "first_step_s": steps[0]["t_mono"] if steps else None,
            "step_s": sorted(e["seconds"] for e in steps)[len(steps) // 2] if steps else None,
            "model": {k: v for k, v in model.items() if k not in ("v", "attempt", "seq", "t", "t_mono", "type")},
            "peaks_mib": {k: round(v / 2**20) for k, v in finished.get("peaks", {}).items()},
            "samples": len(self.events(type_="sample")),
            "warnings": [e["code"] for e in self.events(type_="warning")],
            "errors": [f"{e['phase']}: {e['code']}: {e['message']}"[:600] for e in self.events(type_="error")],
            "phases": {e["id"]: e["t_mono"] for e in phases},
        }


def stop_and_resume(case: Case, whole: Case) -> tuple[list[int], dict[str, Any], list[float]]:
    """Stop by file after step 4, then resume: exit codes, how the first ended, and the gaps between each later loss and
    that of a run that was never stopped."""

    def watch() -> None:
        if any(e["step"] >= 4 for e in case.events(0, "step")):
            (case.folder / "stop.0").touch()

    first = case.train(0, watch=watch)
    stopped = case.events(0, "finished")[-1]
    second = case.train(1, resume_from=case.events(0, "checkpoint")[-1]["path"])
    expected, later = whole.losses(0), case.losses(1)
    return [first, second], stopped, [abs(expected[step] - loss) for step, loss in later.items()]


def write_rows(work: Path) -> None:
    """Enough rows of different lengths that packing and padding matter."""
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"Question {i}: what is {i} plus {i}? " + "Please. " * (i % 11)},
                {"role": "assistant", "content": f"It is {2 * i}." + " Really." * (i % 5)},
            ]
        }
        for i in range(80)
    ]
    pairs = [
        {
            "prompt": [row["messages"][0]],
            "chosen": [row["messages"][1]],
            "rejected": [{"role": "assistant", "content": "No." * (i % 4 + 1)}],
        }
        for i, row in enumerate(rows[:64])
    ]
    rated = [
        {"prompt": pair["prompt"], "completion": pair["chosen"], "label": i % 2 == 0} for i, pair in enumerate(pairs)
    ]
    files = {
        "train.jsonl": rows[:64],
        "eval.jsonl": rows[64:],
        "pairs.jsonl": pairs,
        "rated.jsonl": rated,
        "corpus.jsonl": [{"text": " ".join(m["content"] for m in row["messages"]) * 4} for row in rows[:64]],
    }
    for name, part in files.items():
        (work / name).write_text("".join(json.dumps(row) + "\n" for row in part), encoding="utf-8")


def keep(case: Case, out: Path, ok: bool) -> None:
    target = out / case.name
    target.mkdir(exist_ok=True)
    names = (
        ["events.jsonl"] if ok else ["events.jsonl", "plan.json", *(p.name for p in case.folder.glob("output.*.log"))]
    )
    for name in names:
        if (case.folder / name).exists():
            shutil.copy(case.folder / name, target / name)
