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

from .compare import ask_question, ask_rows
from .data.problem import DataError
from .plan import PlanError
from .speaker import RequestError, Speaker, open_speaker

CHOICES = {"base": ("base",), "tuned": ("tuned",), "both": ("base", "tuned")}


def answer(speaker: Speaker, request: dict[str, Any], say, stopped: threading.Event) -> None:
    """One request → its answer lines."""
    choices = CHOICES.get(request.get("which", "tuned"))
    if choices is None:
        raise RequestError(f"which must be base, tuned or both, not {request['which']!r}")
    for which in choices:
        if which not in speaker.which:
            raise RequestError(f"a fully fine-tuned run keeps no {which} model: ask with which = tuned")
        began = time.monotonic()
        if "prompts" in request:
            conversations = [as_messages(prompt) for prompt in request["prompts"]]
            texts = speaker.generate([speaker.prompt_ids(m) for m in conversations], which, request)
            say(type="answer", which=which, texts=texts, seconds=round(time.monotonic() - began, 3))
        else:
            text, tokens = stream(speaker, request, which, say, stopped)
            say(type="answer", which=which, text=text, tokens=tokens, seconds=round(time.monotonic() - began, 3))


def as_messages(prompt: Any) -> list[dict[str, Any]]:
    if isinstance(prompt, str):
        return [{"role": "user", "content": prompt}]
    if isinstance(prompt, list):
        return prompt
    raise RequestError("a prompt is text or a list of messages")


def stream(speaker: Speaker, request: dict[str, Any], which: str, say, stopped: threading.Event) -> tuple[str, int]:
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

    ids = speaker.prompt_ids(as_messages(request.get("messages", request.get("prompt"))))
    streamer = Streamer(speaker.tokenizer, skip_prompt=True, skip_special_tokens=True)
    stops = StoppingCriteriaList([Stopped()])
    (text,) = speaker.generate([ids], which, request, streamer=streamer, stopping_criteria=stops)
    return text, counted[0]


def serve(speaker: Speaker, source: TextIO, out: TextIO) -> None:
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
            answer(speaker, request, lambda **fields: write(id=identity, **fields), stopped)  # noqa: B023 (called at once)
            write(id=identity, type="done", stopped=stopped.is_set())
        except RequestError as error:
            write(id=identity, type="error", message=str(error))


def main(run: str, question: str | None, rows: str | None, both: bool, max_new_tokens: int) -> int:
    """Answers one question or the rows of a file; with neither serves stdin."""
    # Libraries print to stdout; only JSON lines may go there.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    folder, rows_path = Path(run).resolve(), None if rows is None else Path(rows).resolve()
    try:
        speaker = open_speaker(folder)
        if rows_path is not None:
            ask_rows(speaker, folder, rows_path, both, max_new_tokens, out)
        elif question is not None:
            ask_question(speaker, question, both, max_new_tokens, out)
        else:
            print(json.dumps({"type": "ready", "which": speaker.which}), file=out, flush=True)
            serve(speaker, sys.stdin, out)
    except (RequestError, PlanError, DataError) as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    return 0
