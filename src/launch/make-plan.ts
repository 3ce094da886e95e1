/** A config that has no errors → the plan and where its inputs lie on this machine. */
import { createHash } from "node:crypto";
import { toPlan } from "../core/config/plan.ts";
import type { Plan, ResolvedConfig } from "../core/run/plan.ts";
import { measure, type Measured } from "./inputs.ts";
import type { InputPaths } from "./launcher.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Hashes the inputs, one after the other: two large files at once are slower on most disks. */
export async function makePlan(config: ResolvedConfig): Promise<{ plan: Plan; inputs: InputPaths }> {
  const measured: Record<string, Measured> = {};
  const inputs: Record<string, string> = {};
  for (const [id, local] of Object.entries(config.locals)) {
    measured[id] = await measure(local);
    inputs[id] = local.path;
  }
  return { plan: toPlan(config, measured, sha256), inputs };
}
