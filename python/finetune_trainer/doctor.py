"""`doctor`: whether this Python environment can train, as one JSON object on stdout."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from . import VERSION, environment
from .llama_cpp import find_llama_cpp


def look() -> dict[str, Any]:
    os.environ.setdefault("UNSLOTH_AUTO_INSTALL", "0")
    os.environ.setdefault("UNSLOTH_DISABLE_STATISTICS", "1")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    began = time.monotonic()
    found: dict[str, Any] = {"trainer": VERSION, "python": sys.executable, "versions": environment.versions()}
    try:
        import unsloth  # noqa: F401 (before everything that it patches)
    except Exception as error:
        from .failures import explain

        failure = explain(error, None)
        return {**found, "ok": False, "code": failure.code, "message": failure.message, "hint": failure.hint}
    gpu = environment.on_gpu()
    llama = find_llama_cpp()
    return {
        **found,
        "ok": True,
        "backend": "cuda" if gpu else "cpu",
        "devices": environment.devices(),
        "bf16": gpu_bf16() if gpu else environment.cpu_has_bf16(),
        "llama_cpp": None if llama is None else str(llama.folder),
        "import_s": round(time.monotonic() - began, 1),
    }


def gpu_bf16() -> bool:
    import torch

    return torch.cuda.get_device_capability()[0] >= 8


def main() -> int:
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    found = look()
    print(json.dumps(found), file=out, flush=True)
    return 0 if found["ok"] else 1
