/** A run folder of 100,000 steps with a log of 1,000,000 lines, written as a trainer writes it. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

export const STEPS = 100_000;
export const LOG_LINES = 1_000_000;

export interface LongRun {
  readonly folder: string;
  readonly log: string;
  /** One more step, and one more line of the log. */
  grow(): void;
  remove(): void;
}

export function longRun(): LongRun {
  const folder = join(mkdtempSync(join(tmpdir(), "panel-bench-")), "20261125-142233-long-3f9a");
  const created = "2026-11-25T14:22:33Z";
  mkdirSync(join(folder, "attempts"), { recursive: true });
  const info = { version: 1, id: "long", name: "long", created, target: "local", config: "c", plan_id: "p" };
  writeFileSync(
    join(folder, "run.json"),
    JSON.stringify({ ...info, estimate: null, git: null, attempts: [] }),
  );
  const attempt = { attempt: 0, token: "t", created, target: "local", resume_from: null, host: hostname() };
  // The process of the bench stands in for a trainer on another machine: it is going, and nobody asks for it.
  const elsewhere = { ...attempt, host: "elsewhere", boot_id: "b", pid: 1, pid_start: "1" };
  writeFileSync(join(folder, "attempts", "0.json"), JSON.stringify(elsewhere));
  const log = join(folder, "output.0.log");
  const grow = writeEvents(join(folder, "events.jsonl"));
  for (let part = 0; part < 100; part++) {
    const lines = Array.from({ length: LOG_LINES / 100 }, (_, i) => `{'loss': 0.61, 'step': ${part}.${i}}\n`);
    appendFileSync(log, lines.join(""));
  }
  let line = 0;
  return {
    folder,
    log,
    grow() {
      grow();
      appendFileSync(log, `{'loss': 0.61, 'more': ${(line += 1)}}\n`);
    },
    remove: () => rmSync(join(folder, ".."), { recursive: true }),
  };
}

/** Result: writes the next step. */
function writeEvents(file: string): () => void {
  let seq = 0;
  let step = 0;
  const event = (type: string, rest: object): string =>
    `${JSON.stringify({ v: 1, attempt: 0, seq: seq++, t: 1_764_000_000 + seq, t_mono: seq, type, ...rest })}\n`;
  const next = (): string => {
    step += 1;
    return event("step", {
      step,
      max_steps: 2 * STEPS,
      epoch: step / STEPS,
      loss: 2 / (1 + step / 1000) + 0.1 * Math.sin(step),
      grad_norm: 0.5,
      learning_rate: 1e-4,
      seconds: 0.6,
      metrics: {},
      tokens: 4096,
      trained_tokens: 2048,
      tokens_total: 4096 * step,
    });
  };
  const self = { run: "long", plan_id: "p", pid: 1, host: "h", python: "p", cwd: "/", world_size: 1 };
  writeFileSync(file, event("started", { ...self, resumed_from: null }));
  appendFileSync(file, event("phase", { id: "t", name: "train", state: "begin", can_stop: true }));
  for (let part = 0; part < STEPS / 1000; part++) {
    appendFileSync(file, Array.from({ length: 1000 }, next).join(""));
  }
  return () => appendFileSync(file, next());
}
