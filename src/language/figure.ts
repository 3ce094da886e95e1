import { isCannot } from "../core/estimate/cannot.ts";
import { cpuEstimate, type CpuEstimate } from "../core/estimate/cpu.ts";
import { runEstimate, type RunEstimate } from "../core/estimate/run-estimate.ts";
import type { Facts } from "../core/facts.ts";
import type { ResolvedConfig } from "../core/run/plan.ts";

/** What a config would need, as the editor shows it. */
export type Figure =
  | { readonly kind: "gpu"; readonly run: RunEstimate }
  /** This machine is known to have no GPU and the config runs here; `run` says what a GPU would need. */
  | { readonly kind: "cpu"; readonly cpu: CpuEstimate; readonly run: RunEstimate | null }
  | { readonly kind: "cannot"; readonly reason: string };

/** A figure that can be shown, and whether it is that of the text as it stands or of an earlier one. */
export interface ShownFigure {
  readonly figure: Figure;
  readonly stale: boolean;
}

export const runsOnCpu = (config: ResolvedConfig, facts: Facts): boolean =>
  config.compute.target === "local" && facts.gpus !== undefined && facts.gpus.length === 0;

export function figureOf(config: ResolvedConfig, facts: Facts): Figure {
  const run = runEstimate(config, { facts });
  if (runsOnCpu(config, facts)) {
    const cpu = cpuEstimate(config, facts);
    if (isCannot(cpu)) return { kind: "cannot", reason: cpu.cannot };
    return { kind: "cpu", cpu, run: isCannot(run) ? null : run };
  }
  return isCannot(run) ? { kind: "cannot", reason: run.cannot } : { kind: "gpu", run };
}
