/** What a run keeps of its estimate, to be held against what is measured: `estimate` of its `run.json`. */
import type { Facts } from "../facts.ts";
import type { Job } from "../run/job.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import { isCannot } from "./cannot.ts";
import { MODEL_VERSION } from "./constants.ts";
import { correctionKey, type FinishedRun } from "./corrections.ts";
import { cpuEstimate } from "./cpu.ts";
import { detailed } from "./estimate.ts";
import { cardName } from "./gpus.ts";
import { runEstimate } from "./run-estimate.ts";
import { targetsOf } from "./targets.ts";

/** Bytes, seconds, dollars. A record of another version is kept and not learnt from. */
export interface LaunchRecord {
  readonly version: string;
  readonly device: "gpu" | "cpu";
  readonly low: number;
  readonly high: number;
  readonly used_bytes: number;
  /** With rows as long as those of the data, where that differs. */
  readonly with_data_bytes: number | null;
  readonly step_seconds: number;
  readonly seconds: number | null;
  readonly cost_usd: number | null;
  /** Name of the card in the catalogue; null: not known, or the CPU. */
  readonly card: string | null;
  readonly correction_key: string | null;
  /** Corrections that the figures contain. */
  readonly memory_factor: number;
  readonly time_factor: number;
}

/** null where nothing can be estimated: a run does not need a figure. */
export function launchRecord(config: ResolvedConfig, facts: Facts): LaunchRecord | null {
  if (config.compute.target === "local" && facts.gpus?.length === 0) return cpuRecord(config, facts);
  const run = runEstimate(config, { facts });
  const target = targetsOf(config, facts).chosen;
  const found = detailed(config, { facts, card: target?.card ?? null });
  if (isCannot(run) || isCannot(found)) return null;
  return {
    version: MODEL_VERSION,
    device: "gpu",
    low: Math.round(run.band_bytes[0]),
    high: Math.round(run.band_bytes[1]),
    used_bytes: Math.round(run.used_bytes),
    with_data_bytes: run.with_data_bytes === null ? null : Math.round(run.with_data_bytes),
    step_seconds: run.step_seconds,
    seconds: run.seconds,
    cost_usd: run.cost_usd,
    card: target === null ? null : cardName(target.card.name, target.card.total),
    correction_key: target === null ? null : correctionKey(found.source, found.setup, target.card),
    memory_factor: found.correction?.memoryFactor ?? 1,
    time_factor: found.correction?.timeFactor ?? 1,
  };
}

function cpuRecord(config: ResolvedConfig, facts: Facts): LaunchRecord | null {
  const found = cpuEstimate(config, facts);
  if (isCannot(found)) return null;
  return {
    version: MODEL_VERSION,
    device: "cpu",
    low: Math.round(found.band_bytes[0]),
    high: Math.round(found.band_bytes[1]),
    used_bytes: Math.round(found.used_bytes),
    with_data_bytes: null,
    step_seconds: found.step_seconds,
    seconds: found.seconds,
    cost_usd: null,
    card: null,
    correction_key: null,
    memory_factor: 1,
    time_factor: 1,
  };
}

/**
 * A finished run beside its own estimate, corrections taken out again; null where the two cannot be compared:
 * it did not finish, ran on another card than the estimate was for, or was estimated by another version.
 */
export function finishedRun(record: Readonly<Record<string, unknown>> | null, job: Job): FinishedRun | null {
  const key = record?.["correction_key"];
  const [device] = job.environment?.devices ?? [];
  if (record === null || typeof key !== "string" || record["version"] !== MODEL_VERSION) return null;
  if (job.finished?.status !== "succeeded" || device === undefined) return null;
  if (cardName(device.name, device.total_bytes ?? undefined) !== record["card"]) return null;
  const estimated = number(record["with_data_bytes"]) ?? number(record["used_bytes"]);
  const measured = job.finished.peaks["peak_used"] ?? null;
  if (estimated === null || measured === null) return null;
  const step = number(record["step_seconds"]);
  return {
    key,
    estimatedBytes: estimated / (number(record["memory_factor"]) ?? 1),
    measuredBytes: measured,
    estimatedStepSeconds: step === null ? null : step / (number(record["time_factor"]) ?? 1),
    measuredStepSeconds: job.secondsPerStep,
  };
}

const number = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : null;
