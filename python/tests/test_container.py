"""The main process of a sandbox, with small programs for a trainer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from finetune_trainer import container

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sandboxes are Linux")
PACKAGE = Path(container.__file__).parent.parent


def start(tmp_path: Path, program: str, *options: str, env: dict[str, str] | None = None, patch: str = ""):
    """A container whose trainer is `program`; `patch` is run before it."""
    stub = tmp_path / "stub.py"
    stub.write_text(textwrap.dedent(program))
    code = textwrap.dedent(f"""
        import sys
        from finetune_trainer import container
        {patch}
        container.TRAINER = (sys.executable, {str(stub)!r})
        sys.exit(container.main(sys.argv[1:]))
    """)
    arguments = [str(tmp_path), "--name", "0", "--mount", str(tmp_path), *options, "--", "train", str(tmp_path)]
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONUNBUFFERED": "1", **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process) -> tuple[int, list[str]]:
    out, err = process.communicate(timeout=60)
    assert err == ""
    return process.returncode, out.splitlines()


def boxes(lines: list[str]) -> list[dict]:
    return [json.loads(line.removeprefix("@@box ")) for line in lines if line.startswith("@@box ")]


def texts(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith("@@box ")]


def test_what_a_slow_volume_holds_back_is_still_passed_on_after_the_trainer_has_ended(tmp_path):
    program = """
        for step in range(6):
            print('@@ft {"type":"checkpoint","step":%d}' % step)
        print('@@ft {"type":"finished"}')
    """
    slow = "container.sync = lambda mount: __import__('time').sleep(0.6); container.SILENT_S = 0.2"
    code, lines = finish(start(tmp_path, program, patch=slow))
    assert code == 0
    assert [line for line in lines if '"step"' in line] == [
        f'@@ft {{"type":"checkpoint","step":{step}}}' for step in range(6)
    ]
    assert lines[-2] == '@@ft {"type":"finished"}'
    assert boxes(lines)[-1]["events"] == 7


def test_a_pipe_that_an_escaped_process_holds_open_ends_nothing_later(tmp_path):
    program = """
        import subprocess, sys
        print("said", flush=True)
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"], start_new_session=True)
    """
    process = start(tmp_path, program, patch="container.SILENT_S = 0.2")
    assert process.stdout is not None
    lines = []
    while not lines or '"end"' not in lines[-1]:
        lines.append(process.stdout.readline().rstrip())
    assert process.wait(timeout=10) == 0
    assert "said" in lines
    process.stdout.close()
    process.stderr.close()


def test_one_stream_of_whole_ascii_lines_and_the_same_bytes_on_the_volume(tmp_path):
    code, lines = finish(
        start(
            tmp_path,
            """
            import sys
            print("one")
            print("no end, then an event: ", end="")
            print('@@ft {"type":"step"}')
            sys.stdout.flush()
            print("größer 训练", flush=True)
            print("50 %\\r100 %\\r")
            print("last without an end", end="")
            sys.exit(7)
            """,
            env={"PYTHONUTF8": "1"},
        )
    )
    assert code == 7
    assert texts(lines) == [
        "one",
        "no end, then an event: ",
        '@@ft {"type":"step"}',
        '@@u "gr\\u00f6\\u00dfer \\u8bad\\u7ec3"',
        "100 %",
        "last without an end",
    ]
    begin, end = boxes(lines)
    assert begin["kind"] == "begin"
    assert {key: end[key] for key in ("kind", "exit_code", "reason", "events", "lines")} == {
        "kind": "end",
        "exit_code": 7,
        "reason": None,
        "events": 1,
        "lines": 5,
    }
    assert (tmp_path / "stream.0.log").read_text().splitlines() == lines
    assert json.loads((tmp_path / "done.0.json").read_text())["exit_code"] == 7


def test_stderr_is_in_the_same_stream(tmp_path):
    _, lines = finish(start(tmp_path, "import sys; print('to stderr', file=sys.stderr)"))
    assert texts(lines) == ["to stderr"]


def test_a_second_start_of_the_same_attempt_does_not_train(tmp_path):
    (tmp_path / "stream.0.log").write_text("")
    code, lines = finish(start(tmp_path, "print('trains')"))
    assert code == container.ALREADY_STARTED
    assert lines == [f"0 of {tmp_path.name} was started before: a second one does not train"]


def test_a_checkpoint_is_on_the_volume_before_it_is_told(tmp_path):
    program = """
        print('@@ft {"type":"step"}')
        print('@@ft {"type":"checkpoint"}')
    """
    patch = "container.sync = lambda mount: print('synced', mount.rsplit('/', 1)[1], flush=True)"
    _, lines = finish(start(tmp_path, program, patch=patch))
    told = lines.index('@@ft {"type":"checkpoint"}')
    step = lines.index('@@ft {"type":"step"}')
    assert f"synced {tmp_path.name}" in lines[step:told]


def test_a_signal_lets_the_trainer_save_first(tmp_path):
    process = start(
        tmp_path,
        """
        import signal, sys, time
        def leave(*_):
            print("saved", flush=True)
            sys.exit(75)
        signal.signal(signal.SIGTERM, leave)
        print("ready", flush=True)
        time.sleep(60)
        """,
    )
    while process.stdout.readline() != "ready\n":
        pass
    process.send_signal(signal.SIGTERM)
    code, lines = finish(process)
    assert code == 75
    assert texts(lines) == ["saved"]
    assert boxes(lines)[-1]["reason"] == "signal"


HANGS = """
    import signal, subprocess, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("child", subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
    def stuck():
        time.sleep(60)
    stuck()
"""


@pytest.mark.parametrize(
    ("options", "patch", "reason"),
    [
        # Long enough for a busy machine to start the program that hangs.
        (["--end-after", "3"], "", "deadline"),
        (["--stall", "3"], "container.STALL_GRACE_S = 0", "stall"),
    ],
)
def test_what_hangs_is_ended_with_its_stacks_and_its_children(tmp_path, options, patch, reason):
    began = time.monotonic()
    code, lines = finish(start(tmp_path, HANGS, *options, patch=patch))
    assert time.monotonic() - began < 30
    assert code == 128 + signal.SIGABRT
    assert boxes(lines)[-1]["reason"] == reason
    assert any("in stuck" in line for line in lines), lines
    child = int(next(line for line in lines if line.startswith("child ")).split()[1])
    with pytest.raises(ProcessLookupError):
        for _ in range(50):
            os.kill(child, 0)
            time.sleep(0.1)


def test_a_token_that_a_library_prints_is_masked(tmp_path):
    program = "import os; print(dict(os.environ)); print('@@ft {\"x\":\"' + os.environ['HF_TOKEN'] + '\"}')"
    _, lines = finish(start(tmp_path, program, env={"HF_TOKEN": "hf_planted_value"}))
    assert not any("hf_planted_value" in line for line in lines)
    assert '@@ft {"x":"***"}' in lines
    assert "hf_planted_value" not in (tmp_path / "stream.0.log").read_text()
