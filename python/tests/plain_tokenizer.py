"""A tokenizer of one token a character, for tests of what is done with tokens: loaded at once, also in a worker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

END = "<end>"


class PlainTokenizer:
    bos_token = bos_token_id = None
    eos_token = END
    all_special_tokens = (END,)
    chat_template = "who: what"

    def __init__(self, says: str = "who: what") -> None:
        self.chat_template = says

    def __call__(self, text: str, **_: Any) -> dict[str, Any]:
        return {
            "input_ids": [ord(letter) for letter in text],
            "offset_mapping": [(at, at + 1) for at in range(len(text))],
        }

    def decode(self, ids: list[int]) -> str:
        return "".join(map(chr, ids))

    def apply_chat_template(self, messages: list[dict[str, Any]], add_generation_prompt: bool, **_: Any) -> str:
        who, _, what = self.chat_template.rpartition("}")[2].strip().partition(": ")
        text = "".join(f"{who} {m['role']}\n{what} {m['content']}{END}\n" for m in messages)
        return text + (f"{who} assistant\n{what} " if add_generation_prompt else "")

    def save_pretrained(self, folder: str) -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / "template.txt").write_text(self.chat_template, encoding="utf-8")

    @classmethod
    def from_pretrained(cls, folder: str, **_: Any) -> PlainTokenizer:
        return cls((Path(folder) / "template.txt").read_text(encoding="utf-8"))
