/** Event lines as a trainer writes them, each with what a test is about. */

const event = (type: string, seq: number, attempt: number, fields: object): string =>
  JSON.stringify({ v: 1, attempt, seq, t: 1_795_000_000 + seq, t_mono: seq, type, ...fields });

export const startedLine = (attempt = 0, from: { step: number; path: string } | null = null): string =>
  event("started", 0, attempt, {
    run: "r",
    plan_id: "p",
    pid: 1,
    host: "h",
    python: "p",
    cwd: "/",
    world_size: 1,
    resumed_from: from,
  });

export const phaseLine = (seq: number, name: string, state: string, over: object = {}): string =>
  event("phase", seq, 0, { id: name, name, state, can_stop: true, ...over });

export const stepLine = (seq: number, step: number, attempt = 0, over: object = {}): string =>
  event("step", seq, attempt, {
    step,
    max_steps: 100,
    epoch: step / 100,
    loss: 1 / step,
    grad_norm: 1,
    learning_rate: 2e-4,
    tokens: 500,
    trained_tokens: 200,
    tokens_total: 500 * step,
    seconds: 0.5,
    metrics: {},
    ...over,
  });

export const evalLine = (seq: number, step: number, attempt = 0): string =>
  event("eval", seq, attempt, {
    split: "eval",
    step,
    rows: 12,
    seconds: 2,
    metrics: { eval_loss: 0.8 },
    best: true,
  });

export const checkpointLine = (seq: number, step: number, attempt = 0): string =>
  event("checkpoint", seq, attempt, { step, path: `checkpoints/checkpoint-${step}`, bytes: 62_914_560 });

export const errorLine = (seq: number): string =>
  event("error", seq, 0, {
    code: "out-of-memory",
    message: "Out of memory.",
    hint: "Use a smaller batch.",
    phase: "train",
    traceback: "…",
  });

export const finishedLine = (seq: number, status: string, over: object = {}, attempt = 0): string =>
  event("finished", seq, attempt, {
    status,
    incomplete: [],
    step: 60,
    train_loss: 0.62,
    seconds: 37,
    peaks: {},
    ...over,
  });

export const anyLine = (type: string, seq: number, fields: object): string => event(type, seq, 0, fields);
