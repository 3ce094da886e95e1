"""Ids and labels of the public chat formats, token by token."""

from golden_tokens import differences


def test_ids_and_labels_are_those_of_the_golden_file():
    assert differences() == []
