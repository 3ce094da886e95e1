"""Answers to the same few questions at every evaluation, for a person to read: `sample` events."""

from __future__ import annotations

from typing import Any

from .events import Events
from .speaker import stop_ids
from .tokenise import IGNORED, begins_with_bos, with_one_bos

MOST_TOKENS = 64
# Of a text that is learnt as a whole, what is given before the model goes on.
BEGINNING = 32


def questions(rows: Any, tokenizer: Any, count: int) -> list[list[int]]:
    """Token ids of the first `count` rows of the evaluation data, up to where the model begins to answer."""
    bos = begins_with_bos(tokenizer)
    return [question(row, tokenizer, bos) for row in rows.select(range(min(count, len(rows))))]


def question(row: dict[str, Any], tokenizer: Any, bos: int | None) -> list[int]:
    if "input_ids" not in row:
        return with_one_bos(tokenizer(row["prompt"], add_special_tokens=False)["input_ids"], bos)
    ids, labels = row["input_ids"], row["labels"]
    first = next((at for at, label in enumerate(labels) if label != IGNORED), 0)
    # A text is learnt from its first token on, or from the one after BOS.
    return ids[:first] if first > 1 else ids[: max(1, min(BEGINNING, len(ids) // 2))]


class Sampler:
    """Writes the answers of the model as it is; what goes wrong is said once and costs only the samples."""

    def __init__(self, trainer: Any, tokenizer: Any, prompts: list[list[int]], events: Events) -> None:
        self._trainer, self._tokenizer, self._prompts, self._events = trainer, tokenizer, prompts, events

    def write(self, step: int) -> None:
        if not self._prompts:
            return
        try:
            with self._events.phase("evaluate", "samples", can_stop=False):
                answers = self._answers()
        except Exception as error:
            self._prompts = []
            message = f"No sample answers can be written: {type(error).__name__}: {error}"
            self._events.warn("samples-failed", message, "training.eval_samples", "set eval_samples: 0")
            return
        for prompt, answer in zip(self._prompts, answers, strict=True):
            text = self._tokenizer.decode(prompt, skip_special_tokens=True)
            self._events.emit("sample", step=step, prompt=text, completion=answer)

    def _answers(self) -> list[str]:
        """Greedy, one after the other: no padding, no dice, and little memory beside the training's own."""
        import torch
        from unsloth import FastLanguageModel

        model = self._trainer.model
        FastLanguageModel.for_inference(model)
        side = self._tokenizer.padding_side
        try:
            with torch.no_grad(), self._trainer.accelerator.autocast():
                return [self._answer(model, prompt) for prompt in self._prompts]
        finally:
            FastLanguageModel.for_training(model)
            self._tokenizer.padding_side = side

    def _answer(self, model: Any, prompt: list[int]) -> str:
        import torch

        ids = torch.tensor([prompt], device=model.device)
        reply = model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=MOST_TOKENS,
            pad_token_id=self._tokenizer.pad_token_id,
            eos_token_id=stop_ids(model, self._tokenizer),
            use_cache=True,
            do_sample=False,
            temperature=None,
            top_p=None,
            top_k=None,
        )
        return self._tokenizer.decode(reply[0, len(prompt) :], skip_special_tokens=True).strip()
