"""After training: first make the result safe, then measure it, then make other shapes of it."""

from __future__ import annotations

import shutil

from . import save
from .attempt import Attempt
from .outcome import report
from .ranks import agreed, part_ways


def after_training(attempt: Attempt, loaded, prepared, trainer, progress) -> list[str]:
    """Returns what could not be exported; the training itself is safe from the first line on."""
    _, evaluation = prepared
    plan, events = attempt.plan, attempt.events
    model, tokenizer = trainer.model, loaded.tokenizer
    first = attempt.rank.is_first
    if first:
        save.save_trained(attempt.run, plan, model, tokenizer, events)
    if any(agreed([attempt.stop.asked() is not None], attempt.world_size)):
        return []
    if plan.training.load_best_model_at_end and progress.best_step not in (None, trainer.state.global_step):
        load_best(attempt, trainer, progress)
        if first:
            save.save_trained(attempt.run, plan, model, tokenizer, events)
        progress.evaluated_step = -1
    incomplete: list[str] = []
    if evaluation is not None and progress.evaluated_step != trainer.state.global_step:
        attempt_export(attempt, "evaluate", lambda: trainer.evaluate(), incomplete)
    part_ways(attempt.world_size)
    if not first:
        return incomplete
    drop_reference(model)
    for item in plan.save:
        attempt_export(
            attempt,
            item.method,
            lambda item=item: save.export_item(attempt.run, plan, model, tokenizer, item, events),
            incomplete,
        )
    shutil.rmtree(attempt.run / "work" / "data", ignore_errors=True)
    return incomplete


def drop_reference(model) -> None:
    """dpo and kto compare with a frozen twin of the adapter, which must not be merged."""
    if "ref" in getattr(model, "peft_config", {}):
        model.delete_adapter("ref")
        model.set_adapter("default")


def attempt_export(attempt: Attempt, name: str, work, incomplete: list[str]) -> None:
    """What fails here costs nothing that was learnt: it is reported and may be done again."""
    try:
        work()
    except Exception as error:
        if name == "evaluate" and attempt.world_size > 1:
            # The other ranks wait for this one's part: they must be ended.
            raise
        report(attempt, error, lasting=True)
        incomplete.append(name)


def load_best(attempt: Attempt, trainer, progress) -> None:
    """Put the weights of the best checkpoint into the model in memory."""
    folder = progress.root / f"checkpoint-{progress.best_step}"
    with attempt.events.phase("load", f"best checkpoint, step {progress.best_step}", can_stop=False):
        trainer._load_from_checkpoint(str(folder))
