/** What an estimate looks up: cards and CPU of this machine, the data's rows, a local model's shape. */
import { readFile, stat } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { datasetFact } from "../core/data/facts.ts";
import { inspect } from "../core/data/inspect.ts";
import type { DatasetFact, Facts } from "../core/facts.ts";
import type { PlanDataset, ResolvedConfig } from "../core/run/plan.ts";
import { gunzip, withDataFile } from "../launch/data-file.ts";
import { queryGpus } from "../machine/gpu.ts";

/** More is not read for an estimate: rows and tokens are then extrapolated. */
const MOST_BYTES = 64 * 2 ** 20;

/** @param machine false: a card was named, so this machine's do not matter. */
export async function estimateFacts(
  config: ResolvedConfig,
  machine: boolean,
  signal: AbortSignal,
): Promise<Facts> {
  const gpus = machine ? await queryGpus() : null;
  return {
    ...(gpus !== null && "gpus" in gpus ? { gpus: gpus.gpus } : {}),
    cpu: { cores: availableParallelism(), memory: totalmem(), bf16: false },
    datasets: await datasets(config, signal),
    modelConfigs: await modelConfigs(config),
  };
}

async function datasets(config: ResolvedConfig, signal: AbortSignal): Promise<Record<string, DatasetFact>> {
  const found: Record<string, DatasetFact> = {};
  for (const entry of [...config.dataset, ...(config.eval_dataset ?? [])]) {
    const path = entry.input === null ? undefined : config.locals[entry.input]?.path;
    if (path === undefined || path in found) continue;
    const fact = await dataset(path, entry, config.model.max_seq_length, signal);
    if (fact !== null) found[path] = fact;
  }
  return found;
}

/** null: not there, or not readable as data; `validate` says which. */
async function dataset(
  path: string,
  { format, columns }: PlanDataset,
  maxSeqLength: number,
  signal: AbortSignal,
): Promise<DatasetFact | null> {
  const kind = await stat(path).catch(() => null);
  if (kind === null || !kind.isFile()) return null;
  const options = { name: path, gunzip, format, columns, maxSeqLength, limit: MOST_BYTES, signal };
  const report = await withDataFile(path, (source) => inspect(source, options));
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
