"""What the training loop tells: steps, evaluations, checkpoints; and what it is told: stop, save."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from . import checkpoints
from .cadence import Cadence
from .collate import CountingCollator
from .events import Events
from .plan import Plan
from .ranks import agreed, total, wait_for_all
from .stop import Stop

STANDARD = frozenset({"loss", "grad_norm", "learning_rate", "epoch"})
SUMMARY = "train_runtime"


def number(value: Any) -> float | None:
    """Newer trainers log some numbers as rounded text."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


class Progress:
    """The state of one attempt that outlives single callbacks."""

    def __init__(self, run: Path, plan: Plan, events: Events, stop: Stop, cadence: Cadence, world_size: int) -> None:
        self.run, self.plan, self.events, self.stop, self.cadence = run, plan, events, stop, cadence
        self.world_size = world_size
        self.collator: CountingCollator | None = None
        self.best_step: int | None = None
        self.best_value: float | None = None
        self.without_gain = 0
        self.tokens_total = 0
        self.window_tokens = self.window_trained = 0
        self.window_began = events.clock.elapsed()
        self.paused = 0.0
        self.train_loss: float | None = None
        self.evaluated_step = -1
        self.last_eval: dict[str, float] = {}

    @property
    def root(self) -> Path:
        return self.run / "checkpoints"

    def micro_batch(self) -> None:
        tokens, trained = self.collator.take() if self.collator is not None else (0, 0)
        self.window_tokens += tokens
        self.window_trained += trained

    def log(self, state, logs: dict[str, Any]) -> None:
        now = self.events.clock.elapsed()
        tokens, trained = total((self.window_tokens, self.window_trained), self.world_size)
        self.tokens_total += tokens
        if state.is_world_process_zero:
            self.events.emit(
                "step",
                step=state.global_step,
                max_steps=state.max_steps,
                epoch=number(logs.get("epoch")),
                loss=number(logs.get("loss")),
                grad_norm=number(logs.get("grad_norm")),
                learning_rate=number(logs.get("learning_rate")),
                tokens=tokens,
                trained_tokens=trained,
                tokens_total=self.tokens_total,
                seconds=round(max(0.0, now - self.window_began - self.paused), 4),
                metrics={name: number(value) for name, value in logs.items() if name not in STANDARD},
            )
        self.window_tokens = self.window_trained = 0
        self.window_began, self.paused = now, 0.0

    def remembered(self) -> dict[str, Any]:
        """What the next attempt must know and transformers does not keep."""
        return {
            "tokens_total": self.tokens_total,
            "best_step": self.best_step,
            "best_value": self.best_value,
            "without_gain": self.without_gain,
        }

    def remember(self, memory: dict[str, Any]) -> None:
        self.tokens_total = memory["tokens_total"]
        self.best_step, self.best_value = memory["best_step"], memory["best_value"]
        self.without_gain = memory["without_gain"]

    def is_best(self, metrics: dict[str, Any]) -> bool:
        training = self.plan.training
        name = training.metric_for_best_model
        value = number(metrics.get(name if name.startswith("eval_") else f"eval_{name}"))
        if value is None:
            return False
        better = self.best_value is None or (
            value > self.best_value if training.greater_is_better else value < self.best_value
        )
        if better:
            self.best_value = value
        return better


def make_callback(progress: Progress):
    """A TrainerCallback; made here because transformers must not be imported before Unsloth."""
    from transformers import TrainerCallback

    class Reporter(TrainerCallback):
        def on_train_begin(self, args, state, control, **_):
            progress.window_began = progress.events.clock.elapsed()

        def on_substep_end(self, args, state, control, **_):
            progress.micro_batch()

        def on_step_end(self, args, state, control, **_):
            progress.micro_batch()
            # Clocks differ between ranks, and only one of them sees the file: all do what any of them wants.
            due = progress.cadence.due(state.global_step, state.max_steps, progress.events.clock.elapsed())
            stop, save = agreed([progress.stop.asked() is not None, due], progress.world_size)
            if stop:
                # The last steps must not be missing from the curve, nor from what is kept.
                control.should_log = control.should_save = control.should_training_stop = True
            elif save:
                control.should_save = True
            return control

        def on_epoch_end(self, args, state, control, **_):
            if progress.cadence.due_at_epoch(state.global_step):
                control.should_save = True
            return control

        def on_log(self, args, state, control, logs=None, **_):
            logs = logs or {}
            if SUMMARY in logs:
                progress.train_loss = number(logs.get("train_loss"))
            elif "loss" in logs:
                progress.log(state, logs)

        def on_evaluate(self, args, state, control, metrics=None, **_):
            metrics = metrics or {}
            progress.last_eval = metrics
            best = progress.is_best(metrics)
            progress.without_gain = 0 if best else progress.without_gain + 1
            training = progress.plan.training
            if best and training.load_best_model_at_end and state.global_step > 0:
                progress.best_step = state.global_step
                control.should_save = True
            patience = training.early_stopping_patience
            if patience is not None and progress.without_gain >= patience:
                control.should_training_stop = control.should_save = True
            return control

        def on_save(self, args, state, control, **_):
            step, began = state.global_step, progress.events.clock.elapsed()
            # Every rank writes a file of its own into the checkpoint: only then is it whole.
            wait_for_all(progress.world_size)
            if state.is_world_process_zero:
                folder = progress.root / f"checkpoint-{step}"
                drop_twins(folder)
                name_base(folder, progress.plan)
                size = checkpoints.complete(folder, step, progress.plan, progress.world_size, progress.remembered())
                progress.events.emit("checkpoint", step=step, path=f"checkpoints/{folder.name}", bytes=size)
                checkpoints.prune(progress.root, progress.plan.training.save_total_limit, progress.best_step)
            progress.cadence.saved(step, progress.events.clock.elapsed())
            progress.paused += progress.events.clock.elapsed() - began

    return Reporter()


def drop_twins(folder: Path) -> None:
    """Remove the frozen `ref` adapter of dpo and kto: with it, transformers resumes only the twin.

    It is made anew from the same start when the run goes on.
    """
    for config in folder.glob("*/adapter_config.json"):
        shutil.rmtree(config.parent)


def name_base(folder: Path, plan: Plan) -> None:
    """Write the base model's name as the user wrote it: a cache path means nothing elsewhere."""
    path = folder / "adapter_config.json"
    if path.exists():
        config = json.loads(path.read_text(encoding="utf-8"))
        config["base_model_name_or_path"] = plan.model.name
        path.write_text(json.dumps(config, indent=2, sort_keys=True), encoding="utf-8")
