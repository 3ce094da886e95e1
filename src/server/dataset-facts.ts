import type { DatasetFact } from "../core/facts.ts";
import type { ByteSource } from "../core/data/source.ts";
import { EDITOR_BYTES, inspect } from "../core/data/inspect.ts";
import { datasetFact } from "../core/data/facts.ts";
import { gunzipWith } from "../core/data/gunzip.ts";
import type { DataFormat } from "../core/run/plan.ts";

/** Node and web workers have the same one. */
const gunzip = gunzipWith(() => new DecompressionStream("gzip"));

export interface DatasetOptions {
  readonly format?: DataFormat;
  readonly columns?: Readonly<Record<string, string>>;
}

export type ReadDataset = (
  source: ByteSource,
  name: string,
  mtime: number,
  options: DatasetOptions,
) => Promise<DatasetFact | null>;

/** The beginning of a data file, as much as typing may wait for; null where the source fails. */
export const readDataset: ReadDataset = async (source, name, mtime, options) => {
  try {
    const report = await inspect(source, { name, limit: EDITOR_BYTES, gunzip, ...options });
    return datasetFact(report, mtime);
  } catch {
    // The file went away or a disk fails under it: as unknown as before.
    return null;
  }
};
