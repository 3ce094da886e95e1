/** What a run has cost stays in its `run.json`: prices change, the record does not. */
import { utimes } from "node:fs/promises";
import { dirname } from "node:path";
import type { Remote } from "../../core/run/remote.ts";
import { dollarsSoFar } from "../../core/run/remote-state.ts";
import { readJson, writeJson } from "../json-file.ts";
import { runFile, runInfoSchema } from "../run-files.ts";
import { now } from "./remote-keeper.ts";

export async function keepCost(folder: string, remote: Remote): Promise<void> {
  const info = await readJson(runFile(folder), runInfoSchema);
  const dollars = dollarsSoFar(remote, now());
  if (info === null || dollars === null) return;
  const seconds = remote.paid.reduce((sum, { from, to }) => sum + ((to ?? now()) - from), 0);
  const cost = {
    usd: Math.round(dollars * 1e4) / 1e4,
    seconds: Math.round(seconds),
    price_date: remote.rate?.date ?? null,
    sandboxes: remote.paid.length,
  };
  await writeJson(runFile(folder), { ...info, cost });
  // Who watches runs that have ended looks at their common folder only.
  const stamp = new Date();
  await utimes(dirname(folder), stamp, stamp);
}
