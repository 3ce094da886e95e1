"""GGUF files of a finished run by a real llama.cpp, held against the run's own merged model.

    UNSLOTH_LLAMA_CPP_PATH=FOLDER python python/tests/prove_gguf.py RUN [--quantization q8_0 --quantization q4_k_m]

Prints a JSON line a file: name, tensors, tensors whose shape differs, the largest relative error (root mean square) of
a tensor. Exit 1 when a tensor is missing or an 8-bit one is off by more than 1 %, a 4-bit one by more than 10 %.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from finetune_trainer.export import Lines, export
from finetune_trainer.plan import Save

LIMIT = {"Q8_0": 0.01, "Q4_K_M": 0.10}


class Heard(Lines):
    """The events of an export on stderr; the paths of what was made are kept."""

    def __init__(self) -> None:
        self.made: list[str] = []
        super().__init__(sys.stderr)

    def emit(self, type_: str, **fields: Any) -> None:
        if type_ == "artifact":
            self.made.append(fields["path"])
        super().emit(type_, **fields)


def compare(file: Path, merged: dict) -> dict:
    import numpy as np
    from gguf import GGUFReader, dequantize

    largest, count, wrong = 0.0, 0, []
    for tensor in GGUFReader(file).tensors:
        ours = merged.get(tensor.name)
        if ours is None:
            wrong.append(tensor.name)
            continue
        theirs = dequantize(tensor.data, tensor.tensor_type).astype(np.float32).ravel()
        # Rows of q and k are permuted for llama.cpp's rotary embedding: their values are compared, sorted.
        a, b = (np.sort(values) if permuted(tensor.name) else values for values in (ours.ravel(), theirs))
        largest = max(largest, float(np.sqrt(((a - b) ** 2).mean() / (a**2).mean())))
        count += 1
    return {"tensors": count, "unknown": wrong, "largest_relative_error": round(largest, 5)}


def permuted(name: str) -> bool:
    return "attn_q" in name or "attn_k" in name


def names(merged: Path) -> dict:
    """The merged model's tensors under llama.cpp's names."""
    from gguf import MODEL_ARCH, get_tensor_name_map
    from safetensors.torch import load_file

    layers = json.loads((merged / "config.json").read_text(encoding="utf-8"))["num_hidden_layers"]
    table = get_tensor_name_map(MODEL_ARCH.LLAMA, layers)
    found = load_file(merged / "model.safetensors")
    return {table.get_name(name, try_suffixes=(".weight",)): value.float().numpy() for name, value in found.items()}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("run", type=Path)
    parser.add_argument("--quantization", action="append", default=[])
    options = parser.parse_args()
    os.environ.update(HF_HUB_OFFLINE="1", UNSLOTH_DISABLE_STATISTICS="1", UNSLOTH_AUTO_INSTALL="0")
    run = options.run.resolve()
    wanted = [
        Save("merged_16bit", [], None, True, False),
        Save("gguf", options.quantization or ["q8_0", "q4_k_m"], None, True, False),
    ]
    heard = Heard()
    if failed := export(run, wanted, heard):
        print(json.dumps({"failed": failed}))
        return 1
    merged, good = names(run / "export" / "merged_16bit"), True
    for path in (Path(path) for path in heard.made if path.endswith(".gguf")):
        result = compare(run / path, merged)
        limit = next((value for name, value in LIMIT.items() if name in path.name), 1.0)
        ok = not result["unknown"] and result["tensors"] > 0 and result["largest_relative_error"] <= limit
        good = good and ok
        print(json.dumps({"file": path.name, "bytes": (run / path).stat().st_size, **result, "ok": ok}), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
