"""Speaks the protocol of the trainer and counts instead of training: for tests of everything around it."""
