"""The trainer: reads a plan from a run folder, trains with Unsloth, and says what happens as events."""

VERSION = "0.1.0"
