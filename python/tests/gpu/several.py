"""Proof on two GPUs of one machine: a copy on each (ddp), one copy spread over both (balanced).

    python python/tests/gpu/several.py --out OUT [--shape 1b] [--skip-shape] [--hang]

Small llama models with random weights for what must happen (stop, resume, failures, refusals), then a real shape
for speed and memory: one GPU, two by ddp, two by balanced. Prints a JSON line a case and writes OUT/several.jsonl
and the events of every run. Exit 1 when a case failed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench import BATCH, LENGTH, make_elsewhere
from bench import write_rows as write_text
from cards import Cards
from case import METHODS, MODES, ROOT, Case, keep, stop_and_resume, write_rows

BOTH = {"gpus": "all", "strategy": "ddp"}
PLAIN = {"eval_dataset": None, "save": []}

FAIL = """
from finetune_trainer.callback import Progress
def micro_batch(self):
    raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
Progress.micro_batch = micro_batch
"""
KILL = """
import signal
from finetune_trainer.callback import Progress
Progress.micro_batch = lambda self: os.kill(os.getpid(), signal.SIGKILL)
"""


def with_code(work: Path, name: str, code: str, only_rank: str) -> dict[str, str]:
    """An environment in which processes of the trainer run `code` first: those of one rank."""
    site = work / f"site-{name}"
    site.mkdir()
    asked = f"os.environ.get('RANK') == {only_rank!r}"
    body = "".join(f"    {line}\n" for line in code.strip().splitlines())
    (site / "sitecustomize.py").write_text(f"import os\nif {asked}:\n{body}", encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join([str(site), str(ROOT / "python"), os.environ.get("PYTHONPATH", "")])}


def told(case: Case) -> dict[str, Any]:
    """What several devices add to a case's summary."""
    memory = case.events(type_="memory")
    seqs = [(e["attempt"], e["seq"]) for e in case.events()]
    return {
        **case.summary(),
        "world_size": [e["world_size"] for e in case.events(type_="started")],
        "devices": [d["name"] for e in case.events(type_="environment") for d in e["devices"]],
        "peak_used_mib": {d["index"]: round(d["peak_used"] / 2**20) for d in memory[-1]["devices"]} if memory else {},
        "one_stream": all(n == i for a in {a for a, _ in seqs} for i, n in enumerate(n for b, n in seqs if b == a)),
    }


def straight(case: Case) -> dict[str, Any]:
    code = case.train()
    found = told(case)
    return {"ok": code == 0 and found["status"] == "succeeded" and found["one_stream"], "exit": code, **found}


def stop_resume(case: Case, whole: Case) -> dict[str, Any]:
    codes, stopped, gaps = stop_and_resume(case, whole)
    return {
        "ok": codes == [0, 0] and stopped["status"] == "stopped" and bool(gaps) and max(gaps) < 0.02,
        "stopped_at": stopped["step"],
        "largest_loss_gap": max(gaps, default=None),
        "steps_compared": len(gaps),
        **told(case),
    }


def sigterm(case: Case) -> dict[str, Any]:
    sent = []

    def watch() -> None:
        if not sent and any(e["step"] >= 3 for e in case.events(0, "step")):
            os.kill(json.loads((case.folder / "attempts" / "0.json").read_text(encoding="utf-8"))["pid"], 15)
            sent.append(True)

    code = case.train(watch=watch)
    return {"ok": code == 75 and len(case.events(type_="checkpoint")) >= 1, "exit": code, **told(case)}


def fails(code: str, rank: int | None) -> Callable[[Case], dict[str, Any]]:
    def prove(case: Case) -> dict[str, Any]:
        began = time.monotonic()
        exit_code = case.train()
        errors = case.events(type_="error")
        first = errors[0] if errors else {}
        right = len(errors) == 1 and first["code"] == code and first.get("rank") == rank
        return {
            "ok": exit_code == 1 and right and case.events(type_="finished")[-1]["status"] == "failed",
            "exit": exit_code,
            "error": {k: first.get(k) for k in ("code", "message", "rank", "path", "hint", "phase")},
            "seconds": round(time.monotonic() - began, 1),
        }

    return prove


def shape_case(work: Path, name: str, compute: dict[str, Any], shape: str, steps: int) -> Case:
    changes = {
        **MODES["qlora"],
        **PLAIN,
        "compute.local": compute,
        "model.max_seq_length": LENGTH[shape],
        "training.per_device_train_batch_size": BATCH[shape],
        "training.max_steps": steps,
        "training.save_strategy": "no",
        "training.save_minutes": None,
        "training.eval_strategy": "no",
        "training.learning_rate": 2e-4,
    }
    case = Case(work, name, shape, changes, {}, "text.jsonl")
    plan = json.loads((case.folder / "plan.json").read_text(encoding="utf-8"))
    plan["dataset"][0]["overlength"] = "truncate"
    (case.folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    return case


def measure(case: Case) -> dict[str, Any]:
    with Cards() as cards:
        found = straight(case)
    steps = case.events(type_="step")[10:]
    seconds = statistics.median(e["seconds"] for e in steps) if steps else None
    tokens = statistics.median(e["tokens"] for e in steps) if steps else None
    rate = round(tokens / seconds) if seconds else None
    return {**found, "median_step_s": seconds, "tokens_per_s": rate, "card_peaks_mib": cards.peaks}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=os.environ.get("OUT", "gpu-several"))
    parser.add_argument("--shape", default="1b")
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--skip-shape", action="store_true")
    parser.add_argument("--only", default="", help="comma-separated beginnings of case names")
    parser.add_argument("--hang", action="store_true", help="what hangs by ddp, with what may avoid it, 150 s each")
    options = parser.parse_args()
    out = Path(options.out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="gpu-several-"))
    (work / "models").mkdir()
    os.environ.update(HF_HUB_OFFLINE="1", UNSLOTH_DISABLE_STATISTICS="1", UNSLOTH_AUTO_INSTALL="0")
    write_rows(work)
    from families import make_family

    for family in ("llama", "gemma3"):
        make_family(family, work / "models" / family)
    cases: list[tuple[Case, Callable[[Case], dict[str, Any]]]] = []
    by_name: dict[str, Case] = {}

    def add(name, changes, prove=straight, rows="train.jsonl", environment=None) -> None:
        by_name[name] = Case(work, name, "llama", {"compute.local": BOTH, **changes}, environment or {}, rows)
        cases.append((by_name[name], prove))

    add("ddp-lora16", {**MODES["lora16"], "save": [merged()]})
    add("ddp-qlora", {**MODES["qlora"], "save": []})
    add("balanced-qlora", {**MODES["qlora"], **PLAIN, "compute.local": {"gpus": "all", "strategy": "balanced"}})
    full = {**MODES["full"], **PLAIN}
    add("balanced-full", {**full, "compute.local": {"gpus": "all", "strategy": "balanced"}})
    add("ddp-full", full)
    add("ddp-lora8", {**MODES["lora8"], **PLAIN})
    lora = {**MODES["lora16"], **PLAIN}
    add("ddp-sigterm", {**lora, "training.max_steps": 400}, sigterm)
    add("ddp-rank-fails", lora, fails("oom-train", 1), environment=with_code(work, "fails", FAIL, "1"))
    add("ddp-rank-killed", lora, fails("rank-died", 1), environment=with_code(work, "killed", KILL, "1"))
    method, rows, section = METHODS[0]
    dpo = {"training.method": method, f"training.{method}": section, "training.learning_rate": 1e-4}
    add("ddp-dpo", {**lora, **dpo}, rows=rows)
    add("ddp-lora16-resumed", {**MODES["lora16"], "save": []}, lambda c: stop_resume(c, by_name["ddp-lora16"]))
    add("ddp-qlora-resumed", {**MODES["qlora"], "save": []}, lambda c: stop_resume(c, by_name["ddp-qlora"]))

    failed = 0
    wanted = tuple(options.only.split(","))
    with (out / "several.jsonl").open("w", encoding="utf-8") as report:

        def one(pair: tuple[Case, Callable[[Case], dict[str, Any]]]) -> None:
            nonlocal failed
            case, prove = pair
            began = time.monotonic()
            try:
                result = prove(case)
            except Exception as error:  # one case must not take the others with it
                result = {"ok": False, "errors": [repr(error)], **case.summary()}
            failed += not result["ok"]
            text = json.dumps({"case": case.name, "wall_s": round(time.monotonic() - began, 1), **result})
            print(text, flush=True)
            report.write(text + "\n")
            report.flush()
            keep(case, out, result["ok"])

        chosen = [pair for pair in cases if pair[0].name.startswith(wanted)]
        with ThreadPoolExecutor(20) as pool:
            trials = [pool.submit(one, trial) for trial in (hang_trials(work) if options.hang else [])]
            list(pool.map(one, [pair for pair in chosen if "resumed" not in pair[0].name]))
            list(pool.map(one, [pair for pair in chosen if "resumed" in pair[0].name]))
            for trial in trials:
                trial.result()
        if not options.skip_shape:
            shape, steps = options.shape, options.steps
            make_elsewhere(work / "models" / shape, shape)
            write_text(work / "text.jsonl", 2 * steps * BATCH[shape] + 16, LENGTH[shape])
            single = {"gpus": [0], "strategy": "auto"}
            for name, compute in (
                ("one-gpu", single),
                ("two-ddp", BOTH),
                ("two-balanced", {**BOTH, "strategy": "balanced"}),
            ):
                one((shape_case(work, f"{shape}-{name}", compute, shape, steps), measure))
    shutil.rmtree(work, ignore_errors=True)
    print(f"{failed} failed", flush=True)
    return 1 if failed else 0


def hang_trials(work: Path) -> list[tuple[Case, Callable[[Case], dict[str, Any]]]]:
    """Kinds of training that hung by ddp, each as it is and with what may avoid it."""
    ways: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
        "asis": ({}, {}),
        "varlen": ({"UNSLOTH_TORCH_VARLEN": "1"}, {}),
        "noblock": ({"UNSLOTH_BLOCK_COMPILE": "0"}, {}),
        "padded": ({}, {"training.padding_free": False}),
    }
    kinds = {
        "lora8": ("llama", MODES["lora8"]),
        "full": ("llama", MODES["full"]),
        "gemma3": ("gemma3", MODES["lora16"]),
    }
    trials = []
    for kind, (family, mode) in kinds.items():
        for way, (variables, changes) in ways.items():
            variables = {"PYTHONFAULTHANDLER": "1", **variables}
            changes = {"compute.local": BOTH, **PLAIN, **mode, **changes}
            case = Case(work, f"hang-{kind}-{way}", family, changes, variables, "train.jsonl")
            trials.append((case, lambda c: limited(c, 150)))
    return trials


def limited(case: Case, seconds: float) -> dict[str, Any]:
    """For what may hang: its ranks are asked where they are, and how far it came is told. Never a failure."""
    began = time.monotonic()
    asked = []

    def watch() -> None:
        if time.monotonic() - began > seconds and not asked:
            asked.append(True)
            pid = json.loads((case.folder / "attempts" / "0.json").read_text(encoding="utf-8"))["pid"]
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
            for child in children:
                os.kill(int(child), 6)

    code = case.train(watch=watch)
    stacks = case.folder / "work" / "rank1.log"
    tail = stacks.read_text(encoding="utf-8", errors="replace")[-6000:] if asked and stacks.exists() else ""
    return {"ok": True, "exit": code, "hung": bool(asked), "stacks": tail, **told(case)}


def merged() -> dict[str, Any]:
    return {
        "method": "merged_16bit",
        "quantization_method": [],
        "push_to_hub": None,
        "private": True,
        "overwrite": False,
    }


if __name__ == "__main__":
    sys.exit(main())
