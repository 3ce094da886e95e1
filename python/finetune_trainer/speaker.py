"""Base and tuned model of a run in memory, to be asked."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from . import environment
from .plan import Plan, read_plan
from .tokenise import begins_with_bos, with_one_bos


class RequestError(Exception):
    """A request that cannot be answered; the process goes on with the next one."""


class Speaker:
    """Base and adapter in memory once; the adapter is switched off for the base's answers."""

    def __init__(self, run: Path, plan: Plan, inputs: dict[str, Path]) -> None:
        import unsloth  # noqa: F401 (before everything that it patches)
        from unsloth import FastLanguageModel

        self.model, self.tokenizer, self.which = load_tuned(run, plan, inputs)
        FastLanguageModel.for_inference(self.model)
        self.tokenizer.padding_side = "left"
        self._bos = begins_with_bos(self.tokenizer)

    def prompt_ids(self, messages: list[dict[str, Any]]) -> list[int]:
        if not self.tokenizer.chat_template:
            text = "\n".join(message["content"] for message in messages)
            return self.tokenizer(text)["input_ids"]
        text = self.tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        return with_one_bos(self.tokenizer(text, add_special_tokens=False)["input_ids"], self._bos)

    def generate(self, prompts: list[list[int]], which: str, options: dict[str, Any], **extra: Any) -> list[str]:
        """One padded batch; greedy unless a temperature is given."""
        import torch

        batch = self.tokenizer.pad({"input_ids": prompts}, return_tensors="pt").to(self.model.device)
        width = batch["input_ids"].shape[1]
        temperature = float(options.get("temperature", 0))
        sampling = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        if temperature > 0:
            torch.manual_seed(int(options.get("seed", 0)))
            sampling = {
                "do_sample": True,
                "temperature": temperature,
                "top_p": float(options.get("top_p", 1.0)),
                "top_k": int(options.get("top_k", 0)),
            }
        with torch.inference_mode(), self.as_(which):
            reply = self.model.generate(
                **batch,
                max_new_tokens=int(options.get("max_new_tokens", 256)),
                pad_token_id=self.tokenizer.pad_token_id,
                eos_token_id=stop_ids(self.model, self.tokenizer),
                use_cache=True,
                **sampling,
                **extra,
            )
        return [text.strip() for text in self.tokenizer.batch_decode(reply[:, width:], skip_special_tokens=True)]

    def as_(self, which: str):
        return self.model.disable_adapter() if which == "base" else nullcontext()


def stop_ids(model, tokenizer) -> list[int]:
    config = getattr(model, "generation_config", None)
    found = getattr(config, "eos_token_id", None)
    ids = [found] if isinstance(found, int) else list(found or [])
    return sorted({*ids, *([] if tokenizer.eos_token_id is None else [tokenizer.eos_token_id])})


def load_tuned(run: Path, plan: Plan, inputs: dict[str, Path]):
    """(model, tokenizer, choices). After full fine-tuning only the tuned model can be asked."""
    from transformers import AutoTokenizer

    adapter, full = run / "adapter", run / "model"
    if not adapter.exists() and not full.exists():
        raise RequestError(f"{run.name} has no adapter yet: wait until it has been saved")
    if full.exists():
        model = load_plain(plan, str(full))
        return model, AutoTokenizer.from_pretrained(full), ("tuned",)
    from peft import PeftModel

    from .model import source_of

    model = PeftModel.from_pretrained(load_plain(plan, source_of(plan, inputs)), adapter)
    return model.eval(), AutoTokenizer.from_pretrained(adapter), ("base", "tuned")


def load_plain(plan: Plan, source: str):
    from unsloth import FastLanguageModel

    gpu = environment.on_gpu()
    model, _ = FastLanguageModel.from_pretrained(
        model_name=source,
        max_seq_length=plan.model.max_seq_length,
        dtype=None if gpu else chat_dtype(),
        load_in_4bit=plan.model.load_in_4bit and gpu,
        load_in_8bit=plan.model.load_in_8bit and gpu,
        load_in_16bit=not (gpu and (plan.model.load_in_4bit or plan.model.load_in_8bit)),
        full_finetuning=False,
        revision=plan.model.revision,
        trust_remote_code=plan.model.trust_remote_code,
        use_gradient_checkpointing=False,
    )
    return model


def chat_dtype():
    import torch

    return torch.bfloat16 if environment.cpu_has_bf16() else torch.float32


def open_speaker(run: Path) -> Speaker:
    """Loads for some seconds. Raises PlanError or RequestError."""
    plan, inputs = read_plan(run)
    environment.prepare(plan, inputs)
    os.chdir(run)
    environment.own_folder(run)
    return Speaker(run, plan, inputs)
