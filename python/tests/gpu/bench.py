"""Our trainer against the same training written by hand, one after the other on one GPU.

    python python/tests/gpu/bench.py --out OUT [--order ours,bare,bare,ours,ours,bare,plain] [--shape 1b|8b]
    python python/tests/gpu/bench.py --out OUT --seventy        # a 70B shape in 4-bit: does it fit 48 GB?

QLoRA of a Llama shape with random weights, sequences of 2,048 tokens. Prints and writes (OUT/bench-SHAPE.jsonl) a
JSON line a run: seconds from process start to the end of the first step, median step, peak memory of the card;
then the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from cards import Cards
from case import PLAN, ROOT, set_keys

HERE = Path(__file__).resolve().parent

SHAPES = {
    "tiny": {
        "hidden_size": 256,
        "intermediate_size": 512,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "vocab_size": 1024,
        "tie_word_embeddings": True,
    },
    "1b": {
        "hidden_size": 2048,
        "intermediate_size": 8192,
        "num_hidden_layers": 16,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "vocab_size": 128256,
        "tie_word_embeddings": True,
        "head_dim": 64,
    },
    "8b": {
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "vocab_size": 128256,
        "tie_word_embeddings": False,
    },
    "70b": {
        "hidden_size": 8192,
        "intermediate_size": 28672,
        "num_hidden_layers": 80,
        "num_attention_heads": 64,
        "num_key_value_heads": 8,
        "vocab_size": 128256,
        "tie_word_embeddings": False,
    },
}
BATCH = {"tiny": 2, "1b": 4, "8b": 2, "70b": 1}
LENGTH = {"tiny": 256, "1b": 2048, "8b": 2048, "70b": 2048}
WARM = 10


def make_model(folder: Path, shape: str) -> None:
    """Random bfloat16 weights in shards, made tensor by tensor; zeros (a sparse file) for the 70B shape."""
    import torch
    from families import make_tokenizer
    from transformers import AutoModelForCausalLM, LlamaConfig

    folder.mkdir(parents=True)
    tokenizer = make_tokenizer("llama-3", folder)
    config = LlamaConfig(
        max_position_embeddings=8192,
        rope_theta=500000.0,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        architectures=["LlamaForCausalLM"],
        dtype="bfloat16",
        **SHAPES[shape],
    )
    config.save_pretrained(folder)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    shapes = {name: tuple(p.shape) for name, p in model.named_parameters()}
    if shape == "70b":
        write_sparse(folder / "model.safetensors", shapes)
        return
    from safetensors.torch import save_file

    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(0)
    tensors = {
        name: torch.ones(size, dtype=torch.bfloat16)
        if len(size) == 1
        else (torch.randn(size, device=device) * 0.02).to(torch.bfloat16).cpu()
        for name, size in shapes.items()
    }
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def make_elsewhere(folder: Path, shape: str) -> None:
    """`make_model` in a process of its own: what it used of the card must be free again before anything is measured."""
    code = f"import sys; sys.path[:0] = {sys.path!r}; from pathlib import Path; import bench; "
    subprocess.run([sys.executable, "-c", f"{code}bench.make_model(Path({str(folder)!r}), {shape!r})"], check=True)


def write_sparse(path: Path, shapes: dict[str, tuple[int, ...]]) -> None:
    """A safetensors file of zeros that takes no room on the disk; norms are ones."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at, ones, used = 0, [], []
    for name, size in shapes.items():
        count = 1
        for n in size:
            count *= n
        header[name] = {"dtype": "BF16", "shape": list(size), "data_offsets": [at, at + 2 * count]}
        if len(size) == 1:
            ones.append((at, count))
        elif "embed_tokens" in name or "lm_head" in name:
            used.append((at, size[1]))
        at += 2 * count
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for offset, count in ones:
            file.seek(8 + len(text) + offset)
            file.write(b"\x80\x3f" * count)
        # Unsloth refuses to train on tokens whose embedding is zero: those of the tokenizer get small numbers.
        import numpy

        dice = numpy.random.default_rng(0)
        for offset, width in used:
            file.seek(8 + len(text) + offset)
            # bfloat16 of either sign, 0.008 to 0.03.
            sign = dice.integers(0, 2, 1024 * width, dtype=numpy.uint16) << 15
            file.write((sign | 0x3C00 | dice.integers(0, 256, 1024 * width, dtype=numpy.uint16)).tobytes())
        file.truncate(8 + len(text) + at)


def write_rows(path: Path, rows: int, length: int) -> None:
    words = (
        "what",
        "is",
        "the",
        "capital",
        "of",
        "France",
        "and",
        "how",
        "do",
        "I",
        "reset",
        "my",
        "password",
        "please",
    )
    dice = random.Random(0)
    with path.open("w", encoding="utf-8") as file:
        for _ in range(rows):
            file.write(json.dumps({"text": " ".join(dice.choice(words) for _ in range(length))}) + "\n")


def run_ours(work: Path, name: str, model: Path, rows: Path, steps: int, shape: str, bits: str) -> dict[str, Any]:
    import hashlib

    folder = work / name
    (folder / "attempts").mkdir(parents=True)
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    plan["model"].update(name="./model", input="model", embedded=None)
    digest = hashlib.sha256(rows.read_bytes()).hexdigest()
    plan["inputs"] = {
        "model": {"source": "./model", "kind": "folder", "bytes": 0, "sha256": "0" * 64},
        "dataset.0": {"source": rows.name, "kind": "file", "bytes": rows.stat().st_size, "sha256": digest},
    }
    plan["dataset"][0]["overlength"] = "truncate"
    four = bits == "4bit"
    set_keys(
        plan,
        {
            "model.dtype": "auto",
            "model.max_seq_length": LENGTH[shape],
            "model.load_in_4bit": four,
            "model.load_in_16bit": not four,
            "model.use_gradient_checkpointing": "unsloth",
            "eval_dataset": None,
            "save": [],
            "training.optim": "adamw_8bit",
            "training.per_device_train_batch_size": BATCH[shape],
            "training.max_steps": steps,
            "training.learning_rate": 2e-4,
            "training.lr_scheduler_type": "linear",
            "training.warmup_steps": 5,
            "training.eval_strategy": "no",
            "training.save_strategy": "no",
            "training.save_minutes": None,
        },
    )
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    (folder / "inputs.json").write_text(json.dumps({"model": str(model), "dataset.0": str(rows)}), encoding="utf-8")
    attempt = {"attempt": 0, "token": "t", "created": "", "target": "local", "resume_from": None}
    (folder / "attempts" / "0.json").write_text(json.dumps(attempt), encoding="utf-8")
    command = [sys.executable, "-m", "finetune_trainer", "train", str(folder), "--attempt", "0"]
    began = time.time()
    with Cards() as cards, (folder / "output.log").open("wb") as log:
        code = subprocess.call(command, stdout=log, stderr=subprocess.STDOUT, env=child_environment())
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text(encoding="ascii").splitlines()]
    times = [e["t"] for e in events if e["type"] == "step"]
    found = measured(name, code, began, times, cards)
    model_event = next((e for e in events if e["type"] == "model"), {})
    found["ran"] = {k: model_event.get(k) for k in ("quantization", "dtype", "packing", "padding_free", "attention")}
    found["phases"] = {e["id"]: e["t_mono"] for e in events if e["type"] == "phase" and e["state"] == "end"}
    found["errors"] = [e["message"][:500] for e in events if e["type"] == "error"]
    if code != 0:
        found["log"] = (folder / "output.log").read_text(encoding="utf-8", errors="replace")[-2000:]
    return found


def run_bare(
    work: Path, name: str, kind: str, model: Path, rows: Path, steps: int, shape: str, bits: str
) -> dict[str, Any]:
    folder = work / name
    folder.mkdir()
    out = folder / "times.json"
    command = [sys.executable, str(HERE / "bare.py"), kind, str(model), str(rows), str(out), str(steps)]
    began = time.time()
    with Cards() as cards, (folder / "output.log").open("wb") as log:
        code = subprocess.call(
            [*command, str(BATCH[shape]), str(LENGTH[shape]), bits],
            stdout=log,
            stderr=subprocess.STDOUT,
            env=child_environment(),
            cwd=folder,
        )
    times = json.loads(out.read_text(encoding="utf-8"))["steps"] if out.exists() else []
    found = measured(name, code, began, times, cards)
    if code != 0:
        found["log"] = (folder / "output.log").read_text(encoding="utf-8", errors="replace")[-2000:]
    return found


def child_environment() -> dict[str, str]:
    path = os.pathsep.join([str(ROOT / "python"), *filter(None, [os.environ.get("PYTHONPATH")])])
    fixed = {"HF_HUB_OFFLINE": "1", "UNSLOTH_DISABLE_STATISTICS": "1", "UNSLOTH_AUTO_INSTALL": "0"}
    return {**os.environ, **fixed, "PYTHONPATH": path, "TOKENIZERS_PARALLELISM": "false"}


def measured(name: str, code: int, began: float, times: list[float], cards: Cards) -> dict[str, Any]:
    gaps = [after - before for before, after in zip(times[WARM:], times[WARM + 1 :], strict=False)]
    return {
        "run": name,
        "exit": code,
        "first_step_s": round(times[0] - began, 2) if times else None,
        "median_step_s": round(statistics.median(gaps), 5) if gaps else None,
        "steps": len(times),
        "card_peak_mib": max(cards.peaks, default=0),
        "wall_s": round(time.time() - began, 1),
    }


def ratios(results: list[dict[str, Any]]) -> dict[str, Any]:
    def best(kind: str, field: str) -> float | None:
        values = [r[field] for r in results if r["run"].startswith(kind) and r[field]]
        return statistics.median(values) if values else None

    found: dict[str, Any] = {"run": "ratios"}
    for other in ("bare", "plain"):
        for field in ("median_step_s", "first_step_s", "card_peak_mib"):
            ours, theirs = best("ours", field), best(other, field)
            if ours and theirs:
                found[f"ours/{other} {field}"] = round(ours / theirs, 4)
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=os.environ.get("OUT", "gpu-bench"))
    parser.add_argument("--order", default="ours,bare,bare,ours,ours,bare,plain")
    parser.add_argument("--shape", choices=list(SHAPES), default="1b")
    parser.add_argument("--bits", choices=["4bit", "16bit"], default="4bit")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--seventy", action="store_true")
    options = parser.parse_args()
    out = Path(options.out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="gpu-bench-"))
    shape, order, steps = options.shape, options.order.split(","), options.steps
    if options.seventy:
        shape, order, steps = "70b", ["ours"], 4
    model, rows = work / "model", work / "rows.jsonl"
    make_elsewhere(model, shape)
    write_rows(rows, steps * BATCH[shape] + 16, LENGTH[shape])
    results = []
    with (out / f"bench-{shape}.jsonl").open("w", encoding="utf-8") as report:

        def say(line: dict[str, Any]) -> None:
            print(json.dumps(line), flush=True)
            report.write(json.dumps(line) + "\n")
            report.flush()

        say({"run": "settings", "shape": shape, "batch": BATCH[shape], "length": LENGTH[shape], "bits": options.bits})
        for index, kind in enumerate(order):
            name = f"{kind}-{index}"
            if kind == "ours":
                results.append(run_ours(work, name, model, rows, steps, shape, options.bits))
            else:
                which = "unsloth" if kind == "bare" else "plain"
                results.append(run_bare(work, name, which, model, rows, steps, shape, options.bits))
            say(results[-1])
        say(ratios(results))
    return 1 if any(result["exit"] for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
