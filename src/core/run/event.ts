/**
 * Contract B: what a trainer says, one JSON object a line in `events.jsonl`.
 *
 * The identity of an event is (attempt, seq). Unknown types and unknown fields are kept: an older
 * editor must be able to read a newer trainer's run. Numbers that were NaN or infinite arrive as
 * null, and their names in `nonfinite`.
 */
import * as z from "zod";
import { PHASES } from "./phase-names.ts";

const number = z.number().nullable();
const text = z.string();

const common = {
  v: z.literal(1),
  /** 0 for the first start of a run, +1 for each resume. */
  attempt: z.int().nonnegative(),
  /** 0, 1, 2 … within an attempt; `started` is always 0. */
  seq: z.int().nonnegative(),
  /** Unix time of the trainer's clock, seconds. */
  t: z.number(),
  /** Seconds since the attempt began, by a clock that never jumps. */
  t_mono: z.number(),
  /** Names of the fields that were NaN or infinite and are null here. */
  nonfinite: z.array(text).optional(),
  /** True when a long text was shortened to keep the line within 64 KiB. */
  cut: z.boolean().optional(),
};

const skippedRow = z.looseObject({ file: text, line: z.int().nullable(), code: text, message: text });

const device = z.looseObject({
  index: z.int(),
  uuid: text.nullable(),
  name: text,
  /** Memory that PyTorch sees, bytes. */
  total_bytes: number,
  /** CUDA compute capability, "8.9"; null on the CPU. */
  capability: text.nullable(),
});

export const eventSchemas = {
  /** Written before any heavy import, so that a run exists for a reader within a moment. */
  started: z.looseObject({
    ...common,
    type: z.literal("started"),
    run: text,
    plan_id: text,
    pid: z.int(),
    host: text,
    python: text,
    cwd: text,
    world_size: z.int(),
    /** Points of earlier attempts with a larger step are hidden. */
    resumed_from: z.looseObject({ step: z.int(), path: text }).nullable(),
  }),
  environment: z.looseObject({
    ...common,
    type: z.literal("environment"),
    backend: z.enum(["cuda", "cpu"]),
    versions: z.record(text, text),
    devices: z.array(device),
  }),
  phase: z.looseObject({
    ...common,
    type: z.literal("phase"),
    /** Unique within the attempt; phases nest, a new attempt closes all. */
    id: text,
    name: z.enum(PHASES),
    state: z.enum(["begin", "progress", "end"]),
    detail: text.optional(),
    progress: z.looseObject({ done: z.number(), total: z.number().optional(), unit: text }).optional(),
    /** False: a stop asked for now takes effect after this phase. */
    can_stop: z.boolean(),
  }),
  model: z.looseObject({
    ...common,
    type: z.literal("model"),
    class: text,
    parameters: z.number(),
    trainable_parameters: z.number(),
    /** What really runs, not what was asked for. */
    quantization: text,
    dtype: text,
    packing: z.boolean(),
    padding_free: z.boolean(),
    attention: z.looseObject({ backend: text, why: text }),
  }),
  dataset: z.looseObject({
    ...common,
    type: z.literal("dataset"),
    split: z.enum(["train", "eval"]),
    rows: z.int(),
    /** At most 20 of `skipped_total`. */
    skipped: z.array(skippedRow),
    skipped_total: z.int(),
    tokens: z.looseObject({
      total: z.int(),
      trained: z.int(),
      mean: z.number(),
      p50: z.number(),
      p95: z.number(),
      max: z.number(),
      /** [largest length, rows] of equally wide bars, ascending. */
      histogram: z.array(z.tuple([z.number(), z.int()])).optional(),
    }),
    truncated: z.int(),
    /** One rendered row; spans are [start, end, trained] in characters of `text`. */
    sample: z.looseObject({ text, spans: z.array(z.tuple([z.int(), z.int(), z.boolean()])) }).nullable(),
  }),
  step: z.looseObject({
    ...common,
    type: z.literal("step"),
    /** Optimiser steps done. */
    step: z.int(),
    max_steps: z.int(),
    epoch: number,
    /** Mean over the steps since the last step event. */
    loss: number,
    grad_norm: number,
    learning_rate: number,
    /** Since the last step event, over all ranks. */
    tokens: z.int(),
    trained_tokens: z.int(),
    tokens_total: z.int(),
    /** Since the last step event, without evaluation and saving. */
    seconds: z.number(),
    metrics: z.record(text, number),
  }),
  memory: z.looseObject({
    ...common,
    type: z.literal("memory"),
    devices: z.array(
      z.looseObject({
        index: z.int(),
        /** Bytes. On the CPU `used` is the resident set of the process and the others are null. */
        allocated: number,
        reserved: number,
        used: number,
        peak_allocated: number,
        peak_reserved: number,
        peak_used: number,
        spilled: number.optional(),
      }),
    ),
  }),
  eval: z.looseObject({
    ...common,
    type: z.literal("eval"),
    split: text,
    step: z.int(),
    rows: z.int(),
    seconds: z.number(),
    metrics: z.record(text, number),
    best: z.boolean(),
  }),
  /** Only after the checkpoint is whole (COMPLETE.json written and synced). */
  checkpoint: z.looseObject({
    ...common,
    type: z.literal("checkpoint"),
    step: z.int(),
    /** Relative to the run folder. */
    path: text,
    bytes: z.number(),
  }),
  artifact: z.looseObject({
    ...common,
    type: z.literal("artifact"),
    kind: z.enum(["adapter", "model", "merged_16bit", "merged_4bit", "gguf", "script"]),
    path: text,
    bytes: z.number(),
    url: text.optional(),
  }),
  sample: z.looseObject({
    ...common,
    type: z.literal("sample"),
    step: z.int(),
    prompt: text,
    completion: text,
  }),
  warning: z.looseObject({
    ...common,
    type: z.literal("warning"),
    code: text,
    message: text,
    /** Config path, dotted: "training.per_device_train_batch_size". */
    path: text.optional(),
    hint: text.optional(),
    phase: text.optional(),
  }),
  error: z.looseObject({
    ...common,
    type: z.literal("error"),
    code: text,
    message: text,
    path: text.optional(),
    hint: text.optional(),
    phase: text,
    rank: z.int().optional(),
    traceback: text,
  }),
  /** Every 10 s from a thread: proves life, not progress. */
  heartbeat: z.looseObject({ ...common, type: z.literal("heartbeat"), last_progress_s: z.number() }),
  finished: z.looseObject({
    ...common,
    type: z.literal("finished"),
    status: z.enum(["succeeded", "stopped", "interrupted", "failed"]),
    reason: text.optional(),
    /** Exports that failed; the training itself is safe. */
    incomplete: z.array(text),
    step: z.int(),
    /** Mean over the run; never a point of a curve. */
    train_loss: number,
    seconds: z.number(),
    peaks: z.record(text, number),
  }),
} as const;

export type EventType = keyof typeof eventSchemas;
export type EventOf<T extends EventType> = z.infer<(typeof eventSchemas)[T]>;
export type KnownEvent = { [T in EventType]: EventOf<T> }[EventType];

/** An event of a type that this version does not know: kept and passed on untouched. */
export const unknownEventSchema = z.looseObject({ ...common, type: text });
export type UnknownEvent = z.infer<typeof unknownEventSchema>;
