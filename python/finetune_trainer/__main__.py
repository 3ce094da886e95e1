"""`python -m finetune_trainer VERB …`"""

from __future__ import annotations

import argparse
import sys


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="finetune_trainer")
    verbs = parser.add_subparsers(dest="verb", required=True)
    train = verbs.add_parser("train", help="train one attempt of a run")
    train.add_argument("run")
    train.add_argument("--attempt", type=int, required=True)
    chat = verbs.add_parser("chat", help="ask the base and the tuned model of a run")
    chat.add_argument("run")
    chat.add_argument("--rows", help="compare on the rows of this file instead of reading requests")
    chat.add_argument("--compare", action="store_true", help="with --rows: answers of both models (always so)")
    chat.add_argument("--max-new-tokens", type=int, default=64)
    options = parser.parse_args(argv)
    if options.verb == "train":
        from .train import main as train_main

        return train_main(options.run, options.attempt)
    if options.verb == "chat":
        from .chat import main as chat_main

        return chat_main(options.run, options.rows, options.max_new_tokens)
    raise AssertionError(options.verb)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
