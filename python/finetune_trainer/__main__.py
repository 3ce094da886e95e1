"""`python -m finetune_trainer VERB …`"""

from __future__ import annotations

import argparse
import sys


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="finetune_trainer")
    verbs = root.add_subparsers(dest="verb", required=True)

    train = verbs.add_parser("train", help="train one attempt of a run")
    train.add_argument("run")
    train.add_argument("--attempt", type=int, required=True)

    chat = verbs.add_parser("chat", help="ask the base and the tuned model of a run")
    chat.add_argument("run")
    chat.add_argument("question", nargs="?", help="answer this and end; without it requests come by stdin")
    chat.add_argument("--rows", help="answer the questions of this file and end")
    chat.add_argument("--compare", action="store_true", help="ask the base model too")
    chat.add_argument("--max-new-tokens", type=int, default=64)

    export = verbs.add_parser("export", help="make a merged model or GGUF files of a trained run")
    export.add_argument("run")
    export.add_argument(
        "--method", choices=("merged_16bit", "merged_4bit", "gguf", "script"), help="default: the plan's list"
    )
    export.add_argument("--quantization", action="append", default=[], help="for gguf, may be repeated")

    inspect = verbs.add_parser("inspect-dataset", help="what is in a data file")
    inspect.add_argument("file")
    inspect.add_argument("--format", default="auto")
    inspect.add_argument("--columns", default="{}", help="JSON object: role → column")
    inspect.add_argument("--max-seq-length", type=int, default=2048)
    inspect.add_argument("--tokenizer", help="folder or Hub id: exact token counts")

    verbs.add_parser("doctor", help="whether this environment can train")
    return root


def main(argv: list[str]) -> int:
    """The exit code. Each verb is imported only when it is asked for."""
    options = parser().parse_args(argv)
    if options.verb == "train":
        from .train import main as train

        return train(options.run, options.attempt)
    if options.verb == "chat":
        from .chat import main as chat

        return chat(options.run, options.question, options.rows, options.compare, options.max_new_tokens)
    if options.verb == "export":
        from .export import main as export

        return export(options.run, options.method, options.quantization)
    if options.verb == "inspect-dataset":
        from .inspect_dataset import main as inspect

        columns, length = options.columns, options.max_seq_length
        return inspect(options.file, options.format, columns, length, options.tokenizer)
    from .doctor import main as doctor

    return doctor()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
