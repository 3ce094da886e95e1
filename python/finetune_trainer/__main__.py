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
    options = parser.parse_args(argv)
    if options.verb == "train":
        from .train import main as train_main

        return train_main(options.run, options.attempt)
    raise AssertionError(options.verb)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
