"""Ids and labels of the public chat formats, token by token."""

import unsloth  # noqa: F401 (before transformers, for the tests that follow in this process)
from golden_tokens import differences


def test_ids_and_labels_are_those_of_the_golden_file():
    assert differences() == []
