"""GGUF files made on a GPU by a real llama.cpp: with the training, and later from its run folder.

    UNSLOTH_LLAMA_CPP_PATH=FOLDER python python/tests/gpu/gguf.py --tokenizer FOLDER --out OUT

--tokenizer is a folder with a tokenizer that llama.cpp knows; the model is a small Llama with random weights. Trains it
by QLoRA with a q8_0 file at the end, then exports as `python/tests/prove_gguf.py` does, which holds each file against
the merged model. One JSON line each, also in OUT/gguf.jsonl. Exit 1 when one is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from case import MODES, TESTS, Case, keep, write_rows

GGUF = {"method": "gguf", "quantization_method": ["q8_0"], "push_to_hub": None, "private": True, "overwrite": False}


def make_model(tokenizer: Path, out: Path) -> None:
    """Rows of a multiple of 256 values, as every quantization of llama.cpp can pack them."""
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    words = AutoTokenizer.from_pretrained(tokenizer)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=256,
        intermediate_size=512,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        bos_token_id=words.bos_token_id,
        eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id,
    )
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(out)
    words.save_pretrained(out)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(os.environ.get("OUT", "gpu-gguf")))
    options = parser.parse_args()
    os.environ.update(HF_HUB_OFFLINE="1", UNSLOTH_DISABLE_STATISTICS="1", UNSLOTH_AUTO_INSTALL="0")
    options.out.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="gpu-gguf-"))
    write_rows(work)
    make_model(options.tokenizer, work / "models" / "llama")
    case = Case(work, "gguf-qlora", "llama", {**MODES["qlora"], "save": [GGUF]}, {}, "train.jsonl")
    code = case.train()
    artifacts: list[dict[str, Any]] = case.events(type_="artifact")
    made = [e["path"] for e in artifacts if e["kind"] == "gguf"]
    lines = [{"case": case.name, "ok": code == 0 and bool(made), "exit": code, "made": made, **case.summary()}]
    later = subprocess.run(
        [sys.executable, str(TESTS / "prove_gguf.py"), str(case.folder)],
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    lines += [{"case": "later", **json.loads(line)} for line in later.stdout.splitlines() if line.startswith('{"file"')]
    failure = {} if later.returncode == 0 else {"output": (later.stdout + later.stderr)[-3000:]}
    lines.append({"case": "held-against-the-merged-model", "ok": later.returncode == 0, **failure})
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    print(text, end="", flush=True)
    (options.out / "gguf.jsonl").write_text(text, encoding="utf-8")
    good = all(line["ok"] for line in lines)
    keep(case, options.out, good)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
