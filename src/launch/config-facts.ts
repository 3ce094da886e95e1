/** What an estimate looks up of a config's own files: the rows of its data, the shape of a local model. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { datasetFact } from "../core/data/facts.ts";
import { inspect } from "../core/data/inspect.ts";
import type { DatasetFact, Facts } from "../core/facts.ts";
import type { PlanDataset, ResolvedConfig } from "../core/run/plan.ts";
import { gunzip, withDataFile } from "./data-file.ts";

/** More is not read for an estimate: rows and tokens are then extrapolated. */
const MOST_BYTES = 64 * 2 ** 20;

export async function configFacts(
  config: ResolvedConfig,
  signal?: AbortSignal,
): Promise<Pick<Facts, "datasets" | "modelConfigs">> {
  const datasets: Record<string, DatasetFact> = {};
  for (const entry of [...config.dataset, ...(config.eval_dataset ?? [])]) {
    const path = entry.input === null ? undefined : config.locals[entry.input]?.path;
    if (path === undefined || path in datasets) continue;
    const fact = await dataset(path, entry, config.model.max_seq_length, signal);
    if (fact !== null) datasets[path] = fact;
  }
  return { datasets, modelConfigs: await modelConfigs(config) };
}

/** null: not there, or not readable as data; `validate` says which. */
async function dataset(
  path: string,
  { format, columns }: PlanDataset,
  maxSeqLength: number,
  signal: AbortSignal | undefined,
): Promise<DatasetFact | null> {
  const kind = await stat(path).catch(() => null);
  if (kind === null || !kind.isFile()) return null;
  const options = { name: path, gunzip, format, columns, maxSeqLength, limit: MOST_BYTES };
  const report = await withDataFile(path, (source) =>
    inspect(source, signal === undefined ? options : { ...options, signal }),
  );
  return report.used === 0 ? null : datasetFact(report, kind.mtimeMs);
}

async function modelConfigs(config: ResolvedConfig): Promise<Record<string, unknown>> {
  const path = config.model.input === null ? undefined : config.locals[config.model.input]?.path;
  if (path === undefined) return {};
  for (const name of ["config.json", "adapter_config.json"]) {
    const text = await readFile(join(path, name), "utf8").catch(() => null);
    if (text === null) continue;
    try {
      return { [path]: JSON.parse(text) };
    } catch {
      return { [path]: null }; // Said by the estimate: config.json is not an object.
    }
  }
  return {};
}
