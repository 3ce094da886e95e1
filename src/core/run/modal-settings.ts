/** What a plan says about Modal, read once: every value explicit, in the units that Modal takes. */
import * as z from "zod";
import { seconds } from "../config/duration.ts";
import { SANDBOX } from "../estimate/prices.ts";
import type { Plan } from "./plan.ts";

export interface ModalSettings {
  /** As written: "A100-80GB:2". */
  readonly gpu: string;
  readonly gpuCount: number;
  /** Whole seconds that one sandbox may live. */
  readonly timeoutS: number;
  readonly stallS: number | null;
  readonly maxCostUsd: number;
  /** Starts, the first one included. */
  readonly maxAttempts: number;
  /** Physical cores, and MiB. */
  readonly cpu: number;
  readonly memory: number;
  readonly region: string | null;
  /** A registry reference; null: our own image. */
  readonly image: string | null;
  readonly volume: string | null;
  readonly secrets: readonly string[];
}

/** Modal ends every sandbox after this long. Seconds. */
export const LONGEST_SANDBOX = 86_400;

const duration = z.union([z.number(), z.string()]).nullish();
const schema = z.looseObject({
  gpu: z.string(),
  timeout: duration,
  stall_timeout: duration,
  max_cost_usd: z.number().positive(),
  max_attempts: z.int().positive(),
  cpu: z.number().positive().nullish(),
  memory: z.number().positive().nullish(),
  region: z.string().nullish(),
  image: z.string().nullish(),
  volume: z.string().nullish(),
  secrets: z.array(z.string()).nullish(),
});

/** Throws when the plan is not for Modal: whoever makes one for Modal fills this in. */
export function modalSettings(plan: Pick<Plan, "compute">): ModalSettings {
  const modal = schema.parse(plan.compute.modal);
  const stall = seconds(modal.stall_timeout);
  return {
    gpu: modal.gpu,
    gpuCount: gpuCount(modal.gpu),
    // Modal refuses parts of a second.
    timeoutS: Math.min(LONGEST_SANDBOX, Math.ceil(seconds(modal.timeout) ?? LONGEST_SANDBOX)),
    stallS: stall === undefined ? null : Math.ceil(stall),
    maxCostUsd: modal.max_cost_usd,
    maxAttempts: modal.max_attempts,
    // Modal's own reservation, an eighth of a core and 128 MiB, starves the reading of data.
    cpu: modal.cpu ?? SANDBOX.cores,
    memory: Math.ceil(modal.memory ?? SANDBOX.gib * 1024),
    region: modal.region ?? null,
    image: modal.image ?? null,
    volume: modal.volume ?? null,
    secrets: modal.secrets ?? [],
  };
}

export function gpuCount(gpu: string): number {
  const count = Number(/:(\d+)$/.exec(gpu)?.[1] ?? "1");
  return count > 0 ? count : 1;
}
