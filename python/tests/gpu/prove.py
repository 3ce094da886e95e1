"""Proof on a GPU, without a network: families, modes, stop and resume, merge, reload, golden ids.

    python python/tests/gpu/prove.py --out OUT [--workers 6] [--only llama]

Trains models of real architectures with random weights through `python -m finetune_trainer`, each case in
its own process, several at once. Prints one JSON line a case and writes OUT/report.jsonl, the events of
every run and the log of every failure. Exit 1 when a case failed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from case import METHODS, MODES, ROOT, TESTS, Case, keep, stop_and_resume, write_rows

MATRIX = {
    "llama": ("qlora", "lora8", "lora16", "full"),
    "mistral": ("qlora", "lora16"),
    "mixtral": ("lora16",),
    "qwen2": ("qlora", "lora16", "full"),
    "qwen3": ("qlora", "lora8", "lora16", "full"),
    "gemma3": ("qlora", "lora16", "full"),
    "gemma2": ("qlora", "lora16"),
    "phi3": ("qlora",),
}


def straight(case: Case) -> dict[str, Any]:
    code = case.train()
    return {"ok": code == 0 and case.summary()["status"] == "succeeded", "exit": code, **case.summary()}


def resumed(case: Case, whole: Case) -> dict[str, Any]:
    codes, stopped, gaps = stop_and_resume(case, whole)
    return {
        "ok": codes == [0, 0] and stopped["status"] == "stopped" and bool(gaps) and max(gaps) < 0.02,
        "stopped_at": stopped["step"],
        "largest_loss_gap": max(gaps, default=None),
        "steps_compared": len(gaps),
        **{k: v for k, v in case.summary().items() if k in ("status", "errors")},
    }


def workers(case: Case, whole: Case) -> dict[str, Any]:
    """Rows tokenised by processes beside a trainer that holds the GPU: the same curve, and they were used."""
    case.environment = {"FINETUNE_CACHE_DIR": str(case.folder / "cache")}
    code = case.train()
    expected, found = whole.losses(0), case.losses(0)
    gap = max(abs(expected[step] - found.get(step, 9.0)) for step in expected)
    said = [e["code"] for e in case.events(type_="warning")]
    return {
        "ok": code == 0 and gap < 0.02 and "workers-not-used" not in said,
        "exit": code,
        "largest_loss_gap": gap,
        "warnings": said,
        **{k: v for k, v in case.summary().items() if k in ("status", "errors")},
    }


def sigterm(case: Case) -> dict[str, Any]:
    """SIGTERM after the third step: a checkpoint and exit 75."""
    sent = []

    def watch() -> None:
        if not sent and any(e["step"] >= 3 for e in case.events(0, "step")):
            record = json.loads((case.folder / "attempts" / "0.json").read_text(encoding="utf-8"))
            os.kill(record["pid"], 15)
            sent.append(True)

    code = case.train(watch=watch)
    return {"ok": code == 75 and len(case.events(type_="checkpoint")) >= 1, "exit": code, **case.summary()}


SMALL_CARD = """
import finetune_trainer.methods as methods
make_trainer = methods.make_trainer
def on_a_small_card(*arguments):
    import torch
    torch.cuda.empty_cache()
    held = torch.cuda.memory_reserved() / torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(held + 4 * 2**20 / torch.cuda.get_device_properties(0).total_memory)
    return make_trainer(*arguments)
methods.make_trainer = on_a_small_card
"""


def with_site(work: Path, name: str, code: str) -> dict[str, str]:
    """An environment in which the trainer runs `code` first."""
    site = work / f"site-{name}"
    site.mkdir()
    (site / "sitecustomize.py").write_text(code, encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join([str(site), str(ROOT / "python"), os.environ.get("PYTHONPATH", "")])}


def out_of_memory(case: Case) -> dict[str, Any]:
    """A real one, on a card of which almost nothing is left: the report names figures and settings."""
    code = case.train()
    errors = case.events(type_="error")
    error = errors[0] if errors else {}
    right = error.get("code") == "oom-train" and "in use at the peak" in error["message"]
    right = right and "training.per_device_train_batch_size" in error["hint"]
    shown = {name: error.get(name) for name in ("code", "message", "hint", "path", "phase")}
    return {"ok": code == 1 and right, "exit": code, "error": shown, "model": case.summary()["model"]}


def chat(whole: Case, work: Path) -> dict[str, Any]:
    """Base and tuned answers of a run that has been trained, in one batch."""
    arguments = ["chat", str(whole.folder), "--rows", str(work / "eval.jsonl"), "--compare", "--max-new-tokens", "16"]
    lines = trainer_lines(arguments)
    answers = [line for line in lines if "tuned" in line]
    differ = sum(answer["base"] != answer["tuned"] for answer in answers)
    return {"ok": len(answers) == 16 and differ > 0, "answers": len(answers), "differ": differ, "last": lines[-1:]}


def export(whole: Case) -> dict[str, Any]:
    """A merged model made later, from the run folder alone."""
    lines = trainer_lines(["export", str(whole.folder), "--method", "merged_16bit"])
    made = [line for line in lines if line.get("type") == "artifact"]
    errors = [line["message"] for line in lines if line.get("type") == "error"]
    return {"ok": len(made) == 1 and not errors, "artifacts": made, "errors": errors}


def trainer_lines(arguments: list[str]) -> list[dict[str, Any]]:
    path = os.pathsep.join([str(ROOT / "python"), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "finetune_trainer", *arguments],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return lines or [{"type": "error", "message": done.stderr[-2000:]}]


def child(arguments: list[str], environment: dict[str, str], limit: int = 300) -> dict[str, Any]:
    """Run a helper that prints one JSON object as its last line."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
    )
    try:
        return json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, json.JSONDecodeError):
        return {"ok": False, "exit": done.returncode, "output": (done.stdout + done.stderr)[-3000:]}


def make_cases(work: Path) -> list[tuple[Case, Callable[[Case], dict[str, Any]]]]:
    merged = [
        {"method": "merged_16bit", "quantization_method": [], "push_to_hub": None, "private": True, "overwrite": False}
    ]
    cases: list[tuple[Case, Callable[[Case], dict[str, Any]]]] = []
    by_name: dict[str, Case] = {}

    def add(name: str, family: str, changes: dict[str, Any], prove=straight, rows: str = "train.jsonl") -> Case:
        case = Case(work, name, family, changes, {}, rows)
        by_name[name] = case
        cases.append((case, prove))
        return case

    for family, modes in MATRIX.items():
        for mode in modes:
            extra = {"save": merged} if family in ("llama", "qwen3", "gemma3", "mistral") else {"save": []}
            add(f"{family}-{mode}", family, {**MODES[mode], **extra})
    lora = {**MODES["lora16"], "save": []}
    add("llama-packing", "llama", {**lora, "training.packing": True})
    add("llama-padded", "llama", {**lora, "training.padding_free": False})
    add(
        "llama-embeddings",
        "llama",
        {**lora, "lora.modules_to_save": ["embed_tokens", "lm_head"], "training.embedding_learning_rate": 1e-4},
    )
    add("llama-dora", "llama", {**lora, "lora.use_dora": True, "lora.use_rslora": True})
    add("llama-4bit-merged", "llama", {**MODES["qlora"], "save": [{**merged[0], "method": "merged_4bit"}]})
    add("llama-best", "llama", {**lora, "training.load_best_model_at_end": True, "training.early_stopping_patience": 2})
    add("llama-sigterm", "llama", {**lora, "training.max_steps": 400}, prove=sigterm)
    add("remote-lora16", "remote", {**lora, "model.trust_remote_code": True})
    for method, rows, section in METHODS:
        changes = {"eval_dataset": None, "training.method": method, f"training.{method}": section, "save": []}
        for mode in ("qlora", "lora16"):
            add(f"{method}-{mode}", "llama", {**MODES[mode], **changes, "training.learning_rate": 1e-4}, rows=rows)
    corpus = {"eval_dataset": None, "save": [], "lora.modules_to_save": ["embed_tokens", "lm_head"]}
    add(
        "cpt-qlora",
        "llama",
        {**MODES["qlora"], **corpus, "training.embedding_learning_rate": 1e-5},
        rows="corpus.jsonl",
    )
    case = add("oom-qlora", "llama", {**MODES["qlora"], "save": []}, prove=out_of_memory)
    case.environment = with_site(work, "oom", SMALL_CARD)
    for family, mode in (("llama", "qlora"), ("qwen3", "lora16")):
        whole = by_name[f"{family}-{mode}"]
        add(f"chat-{family}-{mode}-resumed", family, {}, prove=lambda _, whole=whole: chat(whole, work))
        add(f"export-{family}-{mode}-resumed", family, {}, prove=lambda _, whole=whole: export(whole))
    whole = by_name["llama-lora16"]
    split = {**MODES["lora16"], "save": [], "dataset.0.dataset_num_proc": 3}
    add("llama-lora16-workers-resumed", "llama", split, prove=lambda case, whole=whole: workers(case, whole))
    for family, mode in (("llama", "qlora"), ("qwen3", "lora16"), ("llama", "full")):
        whole = by_name[f"{family}-{mode}"]
        name = f"{family}-{mode}-resumed"
        add(name, family, {**MODES[mode], "save": []}, prove=lambda case, whole=whole: resumed(case, whole))
    return cases


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=os.environ.get("OUT", "gpu-proof"))
    parser.add_argument("--workers", type=int, default=6)
    parser.add_argument("--only", default="", help="comma-separated beginnings of case names")
    options = parser.parse_args()
    out = Path(options.out).resolve()
    work = Path(tempfile.mkdtemp(prefix="gpu-proof-"))
    (work / "models").mkdir()
    out.mkdir(parents=True, exist_ok=True)
    os.environ.update(HF_HUB_OFFLINE="1", UNSLOTH_DISABLE_STATISTICS="1", UNSLOTH_AUTO_INSTALL="0")
    os.environ.setdefault("UNSLOTH_DISABLE_CPU_FALLBACK", "1")
    write_rows(work)
    from families import make_family, make_remote

    for family in MATRIX:
        make_family(family, work / "models" / family)
    make_remote(work / "models" / "remote")
    wanted = tuple(options.only.split(",")) if options.only else ("",)
    cases = [(case, prove) for case, prove in make_cases(work) if case.name.startswith(wanted)]
    failed = 0
    with (out / "report.jsonl").open("w", encoding="utf-8") as report:

        def say(line: dict[str, Any]) -> None:
            nonlocal failed
            failed += not line["ok"]
            text = json.dumps(line)
            print(text, flush=True)
            report.write(text + "\n")
            report.flush()

        def one(pair: tuple[Case, Callable[[Case], dict[str, Any]]]) -> None:
            case, prove = pair
            began = time.monotonic()
            try:
                result = prove(case)
            except Exception as error:  # one case must not take the others with it
                result = {"ok": False, "errors": [repr(error)], **case.summary()}
            say({"case": case.name, "wall_s": round(time.monotonic() - began, 1), **result})
            keep(case, out, result["ok"])

        with ThreadPoolExecutor(options.workers) as pool:
            golden = pool.submit(child, [str(TESTS / "golden_tokens.py")], {"TOKENIZERS_PARALLELISM": "false"})
            # Resumed cases compare with a straight one, so those come last.
            list(pool.map(one, [pair for pair in cases if "resumed" not in pair[0].name]))
            list(pool.map(one, [pair for pair in cases if "resumed" in pair[0].name]))
            say({"case": "golden-ids", **golden.result()})
        folders = [str(c.folder) for c, _ in cases if (c.folder / "export" / "merged_16bit").exists()]
        say({"case": "reload", **child([str(TESTS / "gpu" / "reload.py"), str(work), *folders], {})})
    shutil.rmtree(work, ignore_errors=True)
    print(f"{failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
