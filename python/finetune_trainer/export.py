"""`export RUN --method M`: make another shape of a finished run, or one that failed the first time.

Speaks in events on stdout, one JSON object a line; the artefacts lie in the run folder as after training.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from . import environment, save
from .clock import Clock
from .events import Events
from .failures import explain
from .files import bytes_of
from .later import tell_later
from .plan import Plan, PlanError, Save, read_plan
from .refusal import Refusal, refuse_cpu

METHODS = ("merged_16bit", "merged_4bit", "gguf", "script")


class Lines(Events):
    """The events of an export: on stdout; what was made is told in the run's own stream too."""

    def __init__(self, out: Any, run: Path | None = None) -> None:
        self.out, self.run = out, run
        super().__init__(Path(os.devnull), 0, Clock())

    def emit(self, type_: str, **fields: Any) -> None:
        print(json.dumps({"type": type_, **fields}), file=self.out, flush=True)
        if type_ == "artifact" and self.run is not None:
            tell_later(self.run, type_, **fields)


def wanted(plan: Plan, method: str | None, quantizations: list[str]) -> list[Save]:
    if method is None:
        return plan.save
    return [Save(method=method, quantization_method=quantizations, push_to_hub=None, private=True, overwrite=False)]


def export(run: Path, items: list[Save], events: Events) -> list[str]:
    """Returns the methods that failed."""
    plan, inputs = read_plan(run)
    environment.prepare(plan, inputs)
    environment.own_folder(run)
    if any(item.method == "gguf" for item in items):
        from .llama_cpp import require_llama_cpp

        require_llama_cpp()
    with events.phase("import", can_stop=False):
        import unsloth  # noqa: F401 (before everything that it patches)
    if not environment.on_gpu():
        refuse_cpu(plan, items)
    if any(item.method == "script" for item in items):
        return write_plain(run, plan, inputs, events)
    with events.phase("load", plan.name, can_stop=False):
        model, tokenizer = load(run, plan)
    failed: list[str] = []
    for item in items:
        try:
            save.export_item(run, plan, model, tokenizer, item, events)
        except Exception as error:  # what fails here costs nothing that was learnt
            say(events, error)
            failed.append(item.method)
    return failed


def write_plain(run: Path, plan: Plan, inputs: dict[str, Path], events: Events) -> list[str]:
    """The script needs the base model's tokenizer and dtype, not what was trained."""
    from .model import load as load_base
    from .script import write_script
    from .templates import settle_template

    with events.phase("export", "script", can_stop=False):
        loaded = load_base(plan, inputs, events)
        tokenizer = settle_template(loaded.tokenizer, plan, inputs)
        target = write_script(run, plan, inputs, loaded.model, tokenizer)
        events.emit("artifact", kind="script", path=target.relative_to(run).as_posix(), bytes=bytes_of(target))
    return []


def load(run: Path, plan: Plan):
    """The trained model as Unsloth loads it: only such a model can be merged."""
    import torch
    from unsloth import FastLanguageModel

    source = run / "model" if (run / "model").exists() else run / "adapter"
    if not source.exists():
        raise Refusal("nothing-trained", f"{run.name} has neither an adapter nor a model to export yet")
    gpu = environment.on_gpu()
    with save.adapter_with_local_base(run, source) as folder:
        return FastLanguageModel.from_pretrained(
            model_name=str(folder),
            max_seq_length=plan.model.max_seq_length,
            dtype=None if gpu else torch.float32,
            load_in_4bit=plan.model.load_in_4bit and gpu,
            load_in_8bit=plan.model.load_in_8bit and gpu,
            load_in_16bit=not (gpu and (plan.model.load_in_4bit or plan.model.load_in_8bit)),
            trust_remote_code=plan.model.trust_remote_code,
        )


def say(events: Events, error: BaseException) -> None:
    failure = explain(error, None)
    events.emit(
        "error",
        code=failure.code,
        message=failure.message,
        path=failure.path,
        hint=failure.hint,
        phase="export",
        traceback=failure.traceback,
    )


def main(run: str, method: str | None, quantizations: list[str]) -> int:
    """0 everything made, 1 something failed, 2 no such run."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    folder = Path(run).resolve()
    events = Lines(out, folder)
    try:
        plan, _ = read_plan(folder)
        failed = export(folder, wanted(plan, method, quantizations), events)
        environment.remove_compile_cache(folder)
        return 1 if failed else 0
    except PlanError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except Exception as error:
        say(events, error)
        return 1
