"""The phases load, prepare and train of an attempt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import checkpoints, dataset, methods, model, resolved
from .attempt import Attempt
from .cadence import cadence_of
from .callback import Progress, make_callback
from .collate import CountingCollator
from .data.problem import DataError
from .download_watch import downloads_told
from .environment import on_gpu
from .places import cache_root
from .plan import Plan
from .row_encoder import Context
from .samples import Sampler, questions
from .templates import settle_template
from .token_cache import TokenCache


def load_phase(attempt: Attempt) -> model.Loaded:
    with (
        attempt.events.phase("load", attempt.plan.model.name, can_stop=False),
        downloads_told(attempt.events, attempt.plan, attempt.rank.is_first),
    ):
        return model.load(attempt.plan, attempt.inputs, attempt.events)


def prepare_phase(attempt: Attempt, loaded: model.Loaded):
    """Tokenised rows on disk; says what they are."""
    events, plan = attempt.events, attempt.plan
    with events.phase("prepare") as progress:
        loaded.tokenizer = settle_template(loaded.tokenizer, plan, attempt.inputs)
        context = Context(
            plan=plan,
            inputs=attempt.inputs,
            tokenizer=loaded.tokenizer,
            folder=Path("data" if attempt.rank.is_first else f"data-rank{attempt.rank.number}").resolve(),
            check=attempt.stop.check,
            progress=progress,
            warn=events.warn,
            cache=TokenCache(cache_root() / "tokens"),
            ranks=attempt.world_size,
        )
        train, evaluation = dataset.prepare(context, methods.encoder_of(plan))
        if attempt.rank.is_first:
            resolved.settle(attempt.run, plan, loaded.model, loaded.tokenizer, events, attempt.resume is not None)
        for split, prepared in (("train", train), ("eval", evaluation)):
            if prepared is not None:
                say(events, split, prepared)
        for section, prepared in (("dataset", train), ("eval_dataset", evaluation)):
            if prepared is not None and "input_ids" in prepared.dataset.column_names:
                check_ids(loaded, prepared, section)
    return train, evaluation


def say(events, split: str, prepared: dataset.Prepared) -> None:
    report = prepared.report
    events.emit(
        "dataset",
        split=split,
        rows=prepared.rows,
        skipped=report.skipped,
        skipped_total=report.skipped_total,
        tokens=prepared.tokens,
        truncated=report.truncated,
        sample=report.sample,
    )
    for code, (count, first) in report.notes.items():
        if code != "value-as-text":
            others = "" if count == 1 else f" ({count - 1} more like it)"
            events.warn(code, f"{first.rstrip('.')}.{others}", "dataset")
    if report.rewritten:
        events.warn(
            "template-rewrites",
            f"The chat template changes earlier turns when later ones follow ({report.rewritten} rows): "
            "only the last answer of each is trained.",
            "dataset.train_on_responses_only",
        )


def check_ids(loaded: model.Loaded, prepared: dataset.Prepared, section: str) -> None:
    """A token id beyond the embedding ends a GPU run with a message about asserts: say it before."""
    embeddings = loaded.model.get_input_embeddings()
    limit = embeddings.weight.shape[0]
    batches = prepared.dataset.with_format("numpy").iter(batch_size=1000)
    highest = max(int(ids.max()) for batch in batches for ids in batch["input_ids"])
    if highest >= limit:
        raise DataError(
            "token-id-too-large",
            f"token id {highest} of the data is beyond the model's {limit} embeddings: "
            "tokenizer and model do not belong together",
            "use the tokenizer files of the model; rows of token ids fit only the tokenizer that made them",
            path=section,
        )


def train_phase(attempt: Attempt, loaded: model.Loaded, prepared):
    """Returns the trainer and the progress when training has ended, by itself or early."""
    events, plan = attempt.events, attempt.plan
    train, evaluation = prepared
    root = attempt.run / "checkpoints"
    if attempt.rank.is_first:
        root.mkdir(exist_ok=True)
        checkpoints.remove_broken(root)
    with events.phase("prepare", "trainer", can_stop=False):
        model.add_lora(plan, loaded, events)
        if plan.training.packing and not on_gpu():
            events.warn("cpu-no-packing", "Packing needs a GPU: rows are padded instead.", "training.packing")
        cadence = cadence_of(plan.training, attempt.step, events.clock.elapsed())
        progress = Progress(attempt.run, plan, events, attempt.stop, cadence, attempt.world_size)
        if attempt.resume is not None:
            progress.remember(attempt.resume.memory())
        parts = methods.Parts(attempt, loaded, train.dataset, evaluation and evaluation.dataset, root)
        trainer = methods.make_trainer(parts, make_callback(progress))
        instrument(trainer, progress, evaluation, make_sampler(attempt, trainer, loaded, evaluation))
        events.emit("model", **model.describe(trainer.model, trainer.args))
    with events.phase("train", can_stop=True):
        resume = str(attempt.resume.path) if attempt.resume is not None else None
        if resume is None or not take_over_whole(trainer, plan, resume):
            trainer.train(resume_from_checkpoint=resume)
    attempt.step = trainer.state.global_step
    attempt.train_loss = progress.train_loss
    return trainer, progress


def take_over_whole(trainer, plan: Plan, checkpoint: str) -> bool:
    """Whether this checkpoint is the end of the training, which is then in the model: the attempt before it ended
    between its last step and its last word. transformers would make one step too many before it looks."""
    from transformers import TrainerState

    state = TrainerState.load_from_json(str(Path(checkpoint) / "trainer_state.json"))
    steps, epochs = plan.training.max_steps, plan.training.num_train_epochs
    done = state.global_step >= steps if steps else (state.epoch or 0) >= (epochs or 0) - 1e-6
    if not done:
        return False
    trainer._load_from_checkpoint(checkpoint)
    # The file was written by the first rank: each is what it is now.
    state.is_local_process_zero = trainer.is_local_process_zero()
    state.is_world_process_zero = trainer.is_world_process_zero()
    trainer.state = state
    return True


def make_sampler(attempt: Attempt, trainer, loaded: model.Loaded, evaluation: Any) -> Sampler:
    """The questions are those of the first evaluation rows; other ranks than the first write none."""
    wanted = attempt.plan.training.eval_samples if attempt.rank.is_first and evaluation is not None else 0
    prompts = questions(evaluation.dataset, loaded.tokenizer, wanted) if wanted else []
    return Sampler(trainer, loaded.tokenizer, prompts, attempt.events)


def instrument(trainer, progress: Progress, evaluation: Any, sampler: Sampler) -> None:
    """Report evaluation and saving as phases and keep their time out of the step's."""
    from transformers import PrinterCallback, ProgressCallback

    for callback in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(callback)
    collator = CountingCollator(trainer.data_collator)
    trainer.data_collator = progress.collator = collator
    evaluate, save = trainer.evaluate, trainer._save_checkpoint
    clock = progress.events.clock

    def evaluate_reported(*args: Any, **kwargs: Any):
        began, collator.counting = clock.elapsed(), False
        try:
            with progress.events.phase("evaluate", can_stop=False):
                before = progress.best_value
                metrics = evaluate(*args, **kwargs)
        finally:
            collator.counting = True
            progress.paused += clock.elapsed() - began
        if trainer.is_world_process_zero():
            progress.events.emit(
                "eval",
                split="eval",
                step=trainer.state.global_step,
                rows=len(evaluation.dataset),
                seconds=round(clock.elapsed() - began, 3),
                metrics={name: value for name, value in metrics.items() if name.startswith("eval_")},
                best=progress.best_value != before,
            )
        progress.evaluated_step = trainer.state.global_step
        began = clock.elapsed()
        sampler.write(trainer.state.global_step)
        progress.paused += clock.elapsed() - began
        return metrics

    def save_reported(*args: Any, **kwargs: Any):
        began = clock.elapsed()
        with progress.events.phase("save", "checkpoint", can_stop=False):
            result = save(*args, **kwargs)
        progress.paused += clock.elapsed() - began
        return result

    trainer.evaluate, trainer._save_checkpoint = evaluate_reported, save_reported
