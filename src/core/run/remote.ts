/**
 * A run that is somewhere else: what a pump knows of it and writes to `remote.json`, and what a person is
 * told. Three clocks: waiting for a GPU costs nothing and counts against no limit; starting and training do.
 */
import * as z from "zod";

/** How a sandbox ended, by the server's own status. */
export const MODAL_STATUSES = [
  "success",
  "failure",
  "terminated",
  "timeout",
  "init_failure",
  "internal_failure",
  "idle_timeout",
  "evicted",
  "unknown",
] as const;

export interface ModalOutcome {
  readonly status: (typeof MODAL_STATUSES)[number];
  /** What the main command returned; may be 0 although it never ran to its end. */
  readonly exitCode: number | null;
  /** The server's own words; empty when it has none. */
  readonly message: string;
}

export const REMOTE_STAGES = [
  /** Files go up. */
  "uploading",
  /** The image is built or fetched. */
  "building",
  /** Asked for a machine: no cost yet. */
  "waiting",
  /** It has a machine; no line of the trainer yet. */
  "starting",
  "running",
  /** Asked to end, not confirmed. */
  "stopping",
  /** Merged models and GGUF files are made, on a sandbox without a GPU. */
  "exporting",
  /** Results come down. */
  "downloading",
  /** Between two attempts: preempted or timed out, the next one is being made. */
  "recovering",
  "ended",
] as const;

const problem = z.looseObject({ code: z.string(), message: z.string(), hint: z.string() });
export type RemoteProblem = z.infer<typeof problem>;

export const remoteSchema = z.looseObject({
  version: z.literal(1),
  attempt: z.int().nonnegative(),
  stage: z.enum(REMOTE_STAGES),
  /** Unix seconds at which the stage began. */
  since: z.number(),
  /** What is going on within the stage, with its progress: "3.1 of 9.0 MB". */
  detail: z.string().nullable(),
  progress: z.looseObject({ done: z.number(), total: z.number().nullable(), unit: z.string() }).nullable(),
  gpu: z.string().nullable(),
  app: z.string(),
  environment: z.string().nullable(),
  /** Name that the sandbox of this attempt is asked for with; written before it is asked for. */
  name: z.string().nullable(),
  /** Its id; null until Modal has answered. */
  sandbox: z.string().nullable(),
  image: z.string().nullable(),
  volume: z.string(),
  /** Seconds that the sandbox of this attempt may live, and what the limit comes from. */
  limit: z.looseObject({ seconds: z.number(), by: z.enum(["timeout", "budget"]) }).nullable(),
  /** Attempts that the length of the run needs, and how many there may be. */
  planned_attempts: z.int().positive(),
  allowed_attempts: z.int().positive(),
  /** False: contact is lost, the run goes on; `since` Unix seconds. */
  contact: z.looseObject({ ok: z.boolean(), since: z.number(), reason: z.string().nullable() }),
  /**
   * What is paid, per sandbox: Unix seconds at which it got its machine, and ended, and its dollars a second.
   * `kind`: training, or the making of merged models and GGUF files without a GPU.
   */
  paid: z.array(
    z.looseObject({
      attempt: z.int(),
      kind: z.enum(["train", "export"]),
      from: z.number(),
      to: z.number().nullable(),
      rate: z.number().nullable(),
    }),
  ),
  /** Dollars a second of the sandbox, and the date of the price ("live" when the account said it). */
  rate: z.looseObject({ dollars: z.number(), date: z.string() }).nullable(),
  max_cost_usd: z.number().nullable(),
  /** Why it ended, when something other than the trainer ended it; a sentence with a way out. */
  problem: problem.nullable(),
  /** Unix seconds of this writing, by the pump's clock. */
  written: z.number(),
});
export type Remote = z.infer<typeof remoteSchema>;

/** Written when the run folder is made: nothing has happened yet. */
export const newRemote = (
  known: Pick<
    Remote,
    "app" | "environment" | "gpu" | "volume" | "max_cost_usd" | "planned_attempts" | "allowed_attempts"
  >,
  now: number,
): Remote => ({
  version: 1,
  attempt: 0,
  stage: "uploading",
  since: now,
  detail: null,
  progress: null,
  ...known,
  name: null,
  sandbox: null,
  image: null,
  limit: null,
  contact: { ok: true, since: now, reason: null },
  paid: [],
  rate: null,
  problem: null,
  written: now,
});
