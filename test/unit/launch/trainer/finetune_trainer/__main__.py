"""`chat` and `export` answer a line or two. `train RUN --attempt N`: signs its attempt, writes events and whole checkpoints, stops when asked.

What a test is about comes in the environment: COUNT_STEPS, COUNT_SECONDS (a step), COUNT_EVERY (steps
between checkpoints), COUNT_DIE (import, or the step at which it is gone without a word), COUNT_CHILD
(starts a process of its own that ignores SIGTERM), COUNT_DEAF (does not look at the stop file), COUNT_HOLD
(the first attempt goes no further than this step), COUNT_HANG (no first step comes), COUNT_ADAPTER (bytes of an adapter that it writes at its end).
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

if os.environ.get("COUNT_DIE") == "import":
    import a_package_that_is_not_installed  # noqa: F401

if sys.argv[1] == "chat":
    print("Unsloth: a line that is no answer")
    print(json.dumps({"prompt": sys.argv[3], "base": "maybe", "tuned": "yes"} if "--rows" not in sys.argv else {}))
    sys.exit(0)

if sys.argv[1] == "export":
    print("{a library prints this")
    print(json.dumps({"type": "phase", "name": "export", "state": "begin", "detail": "merged_16bit"}))
    if "gguf" in sys.argv:
        print(json.dumps({"type": "error", "code": "no-llama-cpp", "message": "No llama.cpp.", "hint": "Build it."}))
        sys.exit(1)
    if "script" in sys.argv:
        sys.exit("MemoryError: out of memory")
    merged = Path(sys.argv[2]) / "export" / "merged_16bit"
    if merged.parent.parent.is_dir():
        merged.mkdir(parents=True, exist_ok=True)
        (merged / "model.bin").write_text("12345")
    print(json.dumps({"type": "artifact", "kind": "merged_16bit", "path": "export/merged_16bit", "bytes": 5}))
    sys.exit(0)

STEPS = int(os.environ.get("COUNT_STEPS", "20"))
SECONDS = float(os.environ.get("COUNT_SECONDS", "0.01"))
EVERY = int(os.environ.get("COUNT_EVERY", "5"))
DIE = os.environ.get("COUNT_DIE")
DEAF = os.environ.get("COUNT_DEAF") == "1"
HOLD = os.environ.get("COUNT_HOLD")

run, attempt = Path(sys.argv[2]), int(sys.argv[4])
begun = time.monotonic()
seq = 0
signalled = False
plan = json.loads((run / "plan.json").read_text())
on_modal = plan["compute"]["target"] == "modal"
deadline = plan["limits"]["deadline_s"] if on_modal else None


def on_signal(_number, _frame):
    global signalled
    signalled = True


signal.signal(signal.SIGTERM, on_signal)


def replace(path, value):
    temporary = path.with_suffix(".writing")
    temporary.write_text(json.dumps(value))
    temporary.replace(path)


def emit(type, **fields):
    global seq
    event = {"v": 1, "attempt": attempt, "seq": seq, "t": time.time(), "t_mono": time.monotonic() - begun, "type": type}
    given = {name: value for name, value in fields.items() if value is not None or name == "resumed_from"}
    line = json.dumps({**event, **given}, separators=(",", ":"))
    with (run / "events.jsonl").open("a") as file:
        file.write(line + "\n")
    if on_modal:
        sys.stdout.write(f"@@ft {line}\n")
    seq += 1


def checkpoint(step):
    folder = run / "checkpoints" / f"checkpoint-{step}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "state.json").write_text(json.dumps({"step": step}))
    size = (folder / "state.json").stat().st_size
    replace(folder / "COMPLETE.json", {"step": step, "files": {"state.json": size}})
    emit("checkpoint", step=step, path=f"checkpoints/checkpoint-{step}", bytes=size)


def finish(status, step, reason):
    emit("finished", status=status, reason=reason, incomplete=[], step=step, train_loss=0.5, seconds=1, peaks={})
    sys.exit(75 if status == "interrupted" else 0)


record = run / "attempts" / f"{attempt}.json"
mine = json.loads(record.read_text())
on_linux = Path("/proc/self/stat").exists()
stat = Path("/proc/self/stat").read_text() if on_linux else ""
mine.update(
    pid=os.getpid(),
    pid_start=stat[stat.rindex(")") + 2 :].split()[19] if on_linux else str(int(time.time() * 1000)),
    boot_id=Path("/proc/sys/kernel/random/boot_id").read_text().strip() if on_linux else None,
    pid_namespace=os.readlink("/proc/self/ns/pid") if on_linux else None,
    host=socket.gethostname(),
    python=sys.executable,
)
replace(record, mine)

source = mine["resume_from"]
first = 0 if source is None else json.loads((run / source / "state.json").read_text())["step"]
emit(
    "started",
    run=run.name,
    plan_id=plan["plan_id"],
    pid=os.getpid(),
    host=socket.gethostname(),
    python=sys.executable,
    cwd=os.getcwd(),
    world_size=1,
    resumed_from=None if source is None else {"step": first, "path": source},
)
print(f"environment {json.dumps(dict(os.environ))}")
if os.environ.get("COUNT_CHILD") == "1":
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    child = subprocess.Popen([sys.executable, "-c", code])
    print(f"child {child.pid}")
emit("phase", id="train", name="train", state="begin", can_stop=True)
while os.environ.get("COUNT_HANG") == "1":
    time.sleep(1)
for step in range(first + 1, STEPS + 1):
    time.sleep(SECONDS)
    if DIE == str(step):
        os.kill(os.getpid(), signal.SIGKILL)
    emit(
        "step", step=step, max_steps=STEPS, epoch=step / STEPS, loss=1 / step, grad_norm=1, learning_rate=1e-4,
        tokens=10, trained_tokens=5, tokens_total=10 * step, seconds=SECONDS, metrics={},
    )
    print(f"step {step}")
    asked = (run / f"stop.{attempt}").exists() and not DEAF
    if step % EVERY == 0 or asked or (signalled and not DEAF):
        checkpoint(step)
    while HOLD == str(step) and attempt == 0 and not signalled and not (run / f"stop.{attempt}").exists():
        time.sleep(0.02)
    if asked:
        finish("stopped", step, "user")
    if signalled and not DEAF:
        finish("interrupted", step, "signal")
    if deadline is not None and time.monotonic() - begun >= deadline and not DEAF:
        checkpoint(step)
        finish("interrupted", step, "deadline")
emit("phase", id="train", name="train", state="end", can_stop=True)
if (size := int(os.environ.get("COUNT_ADAPTER", "0"))) > 0:
    (run / "adapter").mkdir(exist_ok=True)
    (run / "adapter" / "weights.bin").write_bytes(os.urandom(size))
    emit("artifact", kind="adapter", path="adapter", bytes=size)
finish("succeeded", STEPS, None)
