/** Runs for tests of what the extension shows: events folded as the launcher does it. */
import { eventSchemas, type EventOf, type EventType, type KnownEvent } from "../../../src/core/run/event.ts";
import type { JobState } from "../../../src/core/run/job.ts";
import { emptyJob, reduce } from "../../../src/core/run/reduce.ts";
import { newRemote, type Remote, type RemoteProblem } from "../../../src/core/run/remote.ts";
import type { RunView } from "../../../src/launch/runs.ts";

export const T0 = 1_764_000_000;

type Said = { [T in EventType]: { type: T } & Partial<Omit<EventOf<T>, "type">> }[EventType];

const GIVEN: Readonly<Record<string, Record<string, unknown>>> = {
  started: {
    run: "r",
    plan_id: "p",
    pid: 7,
    host: "box",
    python: "/p",
    cwd: "/w",
    world_size: 1,
    resumed_from: null,
  },
  environment: { backend: "cuda", versions: { torch: "2.11.0" }, devices: [] },
  phase: { id: "1", name: "train", state: "begin", can_stop: true },
  step: {
    max_steps: 100,
    epoch: 0.1,
    loss: 1,
    grad_norm: 0.5,
    learning_rate: 1e-4,
    tokens: 1000,
    trained_tokens: 500,
    tokens_total: 1000,
    seconds: 1,
    metrics: {},
  },
  memory: { devices: [] },
  eval: { split: "eval", rows: 10, seconds: 1, metrics: { eval_loss: 0.9 }, best: false },
  checkpoint: { path: "checkpoints/checkpoint-10", bytes: 1000 },
  artifact: { kind: "adapter", path: "adapter", bytes: 83886080 },
  error: { code: "oom", message: "Out of memory.", phase: "train", traceback: "Traceback" },
  finished: { status: "succeeded", incomplete: [], step: 10, train_loss: 1, seconds: 720, peaks: {} },
};

/** Events of one attempt, one second apart. What a test does not say is filled in. */
export function events(said: readonly Said[], attempt = 0): KnownEvent[] {
  return said.map((part, seq) => {
    const event = { v: 1, attempt, seq, t: T0 + seq, t_mono: seq, ...GIVEN[part.type], ...part };
    return eventSchemas[part.type].parse(event);
  });
}

export function aRun(
  state: JobState,
  said: readonly Said[],
  change: Partial<Pick<RunView, "folder" | "id" | "stopRequested" | "stalled" | "lastNews" | "remote">> & {
    name?: string;
    title?: string;
    starred?: boolean;
  } = {},
): RunView {
  const id = change.id ?? "20261125-142233-support-triage-3f9a";
  return {
    folder: change.folder ?? `/project/.finetune/runs/${id}`,
    id,
    info: {
      version: 1,
      id,
      name: change.name ?? "support-triage",
      created: "2026-11-25T14:22:33Z",
      target: "local",
      config: "config/support.finetune.yaml",
      plan_id: "p",
      estimate: null,
      git: null,
      attempts: [],
    },
    marks: { title: change.title ?? null, starred: change.starred ?? false },
    job: events(said).reduce(reduce, emptyJob),
    attempt: null,
    attemptNumber: 0,
    liveness: { kind: "alive" },
    stopRequested: change.stopRequested ?? false,
    lastNews: change.lastNews ?? null,
    stalled: change.stalled ?? null,
    remote: change.remote ?? null,
    state,
  };
}

/** What the pump of a run on Modal wrote last. */
export const endedOnModal = (problem: RemoteProblem | null): Remote => ({
  ...newRemote(
    {
      app: "unsloth-finetune",
      environment: null,
      gpu: "L4",
      volume: "finetune-runs",
      max_cost_usd: 15,
      planned_attempts: 1,
      allowed_attempts: 3,
    },
    T0,
  ),
  stage: "ended",
  problem,
});
