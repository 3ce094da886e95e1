"""Rows whose ids and labels must be the same on every machine.

python python/tests/golden_tokens.py --write      # renew golden/tokens.json after a wanted change
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GOLDEN = HERE / "golden" / "tokens.json"

ROWS: dict[str, dict[str, Any]] = {
    "one turn": {
        "messages": [
            {"role": "user", "content": "What is the capital of France?"},
            {"role": "assistant", "content": "Paris."},
        ]
    },
    "two turns": {
        "messages": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello, how can I help?"},
            {"role": "user", "content": "2+2?"},
            {"role": "assistant", "content": "It is 4."},
        ]
    },
    "an answer left out": {
        "messages": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Go away.", "train": False},
            {"role": "user", "content": "Please?"},
            {"role": "assistant", "content": "Grüße! 😀"},
        ]
    },
    "ends with the user": {
        "messages": [
            {"role": "user", "content": "Translate: ship"},
            {"role": "assistant", "content": "navire"},
            {"role": "user", "content": "and boat?"},
        ]
    },
    "instruction": {"instruction": "Name a fruit", "input": "red", "output": "Apple"},
    "completion": {"prompt": "Q: 1+1?\nA:", "completion": " 2"},
    "text": {"text": "def add(a, b):\n    return a + b\n"},
}


def compute() -> dict[str, Any]:
    """{template: {row: {text, input_ids, labels}}} by the trainer's own renderer and tokeniser."""
    sys.path.insert(0, str(HERE.parent))
    sys.path.insert(0, str(HERE))
    from families import FORMATS, make_tokenizer
    from transformers import AutoTokenizer

    from finetune_trainer.render import Renderer
    from finetune_trainer.tokenise import begins_with_bos, tokenise

    found: dict[str, Any] = {}
    for name in FORMATS:
        with tempfile.TemporaryDirectory() as folder:
            make_tokenizer(name, Path(folder))
            tokenizer = AutoTokenizer.from_pretrained(folder)
        renderer = Renderer(
            template=lambda m, t, g, tokenizer=tokenizer: tokenizer.apply_chat_template(
                m, tools=t, add_generation_prompt=g, tokenize=False
            ),
            prompt_template="auto",
            system_message=None,
            learn="answers",
            end=tokenizer.eos_token,
            stops=tuple(tokenizer.all_special_tokens),
        )
        bos = begins_with_bos(tokenizer)
        found[name] = {}
        for title, row in ROWS.items():
            rendered = renderer.render(row, row)
            tokens = tokenise(tokenizer, rendered, bos)
            found[name][title] = {"text": rendered.text, "input_ids": tokens.input_ids, "labels": tokens.labels}
    return found


def differences() -> list[str]:
    """What differs from the committed file: template, row and field."""
    golden, computed = json.loads(GOLDEN.read_text(encoding="utf-8")), compute()
    if golden.keys() != computed.keys():
        return [f"templates {sorted(computed)}, expected {sorted(golden)}"]
    return [
        f"{name}: {title}: {field}"
        for name, rows in computed.items()
        for title, row in rows.items()
        for field, value in row.items()
        if golden[name].get(title, {}).get(field) != value
    ]


def to_text(computed: dict[str, Any]) -> str:
    """One line a row: differences are then easy to read."""
    lines = []
    for name, rows in computed.items():
        body = ",\n".join(f"    {json.dumps(title)}: {json.dumps(row)}" for title, row in rows.items())
        lines.append(f"  {json.dumps(name)}: {{\n{body}\n  }}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    if "--write" in sys.argv:
        GOLDEN.write_text(to_text(compute()), encoding="utf-8")
    else:
        found = differences()
        print(json.dumps({"ok": not found, "differences": found}))
