"""`chat RUN`: answers of the base and the tuned model, as JSON lines.

Input lines: {"id", "messages" | "prompt" | "prompts": [...], "which": "base" | "tuned" | "both", "max_new_tokens",
"temperature", "top_p", "top_k", "seed"}, or {"stop": id} to end an answer that is being written.
Output lines: {"type": "ready", ...}, {"id", "type": "token", "which", "text"}, {"id", "type": "answer", "which",
"text", "tokens", "seconds"} (for a list "texts"), {"id", "type": "done"}, {"id", "type": "error", "message"}.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO

from . import environment
from .data.problem import DataError
from .plan import Plan, PlanError, read_plan

CHOICES = {"base": ("base",), "tuned": ("tuned",), "both": ("base", "tuned")}


class RequestError(Exception):
    """A request that cannot be answered; the process goes on with the next one."""


class Chat:
    """Base and adapter in memory once; the adapter is switched off for the base's answers."""

    def __init__(self, run: Path, plan: Plan, inputs: dict[str, Path]) -> None:
        import unsloth  # noqa: F401 (before everything that it patches)
        from unsloth import FastLanguageModel

        self.model, self.tokenizer, self.which = load_tuned(run, plan, inputs)
        FastLanguageModel.for_inference(self.model)
        self.tokenizer.padding_side = "left"
        self.limit = plan.model.max_seq_length

    def prompt_ids(self, messages: list[dict[str, Any]]) -> list[int]:
        if not self.tokenizer.chat_template:
            text = "\n".join(message["content"] for message in messages)
            return self.tokenizer(text)["input_ids"]
        text = self.tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        return self.tokenizer(text, add_special_tokens=False)["input_ids"]

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
        from contextlib import nullcontext

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


def answer(chat: Chat, request: dict[str, Any], say, stopped: threading.Event) -> None:
    """One request → its answer lines."""
    choices = CHOICES.get(request.get("which", "tuned"))
    if choices is None:
        raise RequestError(f"which must be base, tuned or both, not {request['which']!r}")
    for which in choices:
        if which not in chat.which:
            raise RequestError(f"a fully fine-tuned run keeps no {which} model: ask with which = tuned")
        began = time.monotonic()
        if "prompts" in request:
            conversations = [as_messages(prompt) for prompt in request["prompts"]]
            texts = chat.generate([chat.prompt_ids(m) for m in conversations], which, request)
            say(type="answer", which=which, texts=texts, seconds=round(time.monotonic() - began, 3))
        else:
            text, tokens = stream(chat, request, which, say, stopped)
            say(type="answer", which=which, text=text, tokens=tokens, seconds=round(time.monotonic() - began, 3))


def as_messages(prompt: Any) -> list[dict[str, Any]]:
    if isinstance(prompt, str):
        return [{"role": "user", "content": prompt}]
    if isinstance(prompt, list):
        return prompt
    raise RequestError("a prompt is text or a list of messages")


def stream(chat: Chat, request: dict[str, Any], which: str, say, stopped: threading.Event) -> tuple[str, int]:
    from transformers import StoppingCriteria, StoppingCriteriaList, TextStreamer

    if "messages" not in request and "prompt" not in request:
        raise RequestError("a request needs messages, prompt or prompts")
    counted = [0]

    class Streamer(TextStreamer):
        def put(self, value):
            counted[0] += value.numel() if not self.next_tokens_are_prompt else 0
            super().put(value)

        def on_finalized_text(self, text: str, stream_end: bool = False):
            if text:
                say(type="token", which=which, text=text)

    class Stopped(StoppingCriteria):
        def __call__(self, input_ids, scores, **_):
            import torch

            return torch.full((input_ids.shape[0],), stopped.is_set(), device=input_ids.device)

    ids = chat.prompt_ids(as_messages(request.get("messages", request.get("prompt"))))
    streamer = Streamer(chat.tokenizer, skip_prompt=True, skip_special_tokens=True)
    stops = StoppingCriteriaList([Stopped()])
    (text,) = chat.generate([ids], which, request, streamer=streamer, stopping_criteria=stops)
    return text, counted[0]


def serve(chat: Chat, source: TextIO, out: TextIO) -> None:
    """Answer requests in order; a stop takes effect while one is being answered."""
    waiting: queue.Queue[dict[str, Any] | None] = queue.Queue()
    stopped = threading.Event()
    current: list[Any] = [None]

    def write(**fields: Any) -> None:
        print(json.dumps(fields), file=out, flush=True)

    def read() -> None:
        for line in source:
            if not line.strip():
                continue
            try:
                request = json.loads(line)
            except json.JSONDecodeError as error:
                write(id=None, type="error", message=f"not JSON: {error.msg}")
                continue
            if isinstance(request, dict) and "stop" in request:
                if request["stop"] == current[0]:
                    stopped.set()
            else:
                waiting.put(request)
        waiting.put(None)

    threading.Thread(target=read, name="requests", daemon=True).start()
    while (request := waiting.get()) is not None:
        identity = request.get("id") if isinstance(request, dict) else None
        current[0] = identity
        stopped.clear()
        try:
            if not isinstance(request, dict):
                raise RequestError("a request is one JSON object a line")
            answer(chat, request, lambda **fields: write(id=identity, **fields), stopped)  # noqa: B023 (called at once)
            write(id=identity, type="done", stopped=stopped.is_set())
        except RequestError as error:
            write(id=identity, type="error", message=str(error))


def open_chat(run: Path) -> Chat:
    plan, inputs = read_plan(run)
    environment.prepare(plan, inputs)
    os.chdir(run)
    environment.own_folder(run)
    return Chat(run, plan, inputs)


def main(run: str, question: str | None, rows: str | None, both: bool, max_new_tokens: int) -> int:
    """Answers one question or the rows of a file; with neither serves stdin."""
    # Libraries print to stdout; only JSON lines may go there.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    folder, rows_path = Path(run).resolve(), None if rows is None else Path(rows).resolve()
    try:
        from .compare import ask_question, ask_rows

        chat = open_chat(folder)
        if rows_path is not None:
            ask_rows(chat, folder, rows_path, both, max_new_tokens, out)
        elif question is not None:
            ask_question(chat, question, both, max_new_tokens, out)
        else:
            print(json.dumps({"type": "ready", "which": chat.which}), file=out, flush=True)
            serve(chat, sys.stdin, out)
    except (RequestError, PlanError, DataError) as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    return 0
