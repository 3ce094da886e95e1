/** What finished runs of this user say about estimates. Computed from the run folders: nothing to go stale. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { correctionsOf } from "../core/estimate/corrections.ts";
import { finishedRun } from "../core/estimate/launch-record.ts";
import type { Correction } from "../core/facts.ts";
import { readJson, writeAtomic } from "./json-file.ts";
import { knownRoots } from "./roots.ts";
import { listRuns, type RunView } from "./runs.ts";

const FILE = "corrections.json";
/** Runs created before are not learnt from. */
const resetSchema = z.looseObject({ since: z.iso.datetime() });

/** Of all runs that are known, those after the last reset. */
export async function readCorrections(dataFolder: string): Promise<Correction[]> {
  const runs: RunView[] = [];
  for (const root of await knownRoots(dataFolder)) runs.push(...(await listRuns(root)));
  const reset = await readJson(join(dataFolder, FILE), resetSchema);
  return learn(runs, reset?.since ?? null);
}

/** @param since ISO time of the last reset. */
export function learn(runs: readonly RunView[], since: string | null): Correction[] {
  const counted = runs
    .filter(({ info }) => since === null || info.created > since)
    .toSorted((a, b) => (a.info.created < b.info.created ? -1 : 1));
  return correctionsOf(counted.flatMap(({ info, job }) => finishedRun(info.estimate, job) ?? []));
}

/** Forgets: from now on only new runs count. */
export async function resetCorrections(dataFolder: string, now: Date): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  await writeAtomic(join(dataFolder, FILE), `${JSON.stringify({ since: now.toISOString() })}\n`);
}
