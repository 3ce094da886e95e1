/** Which checkpoints of a run are whole: only those may be resumed from. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { isMissing, readJson } from "./json-file.ts";

export interface WholeCheckpoint {
  readonly step: number;
  /** Relative to the run folder, with `/`: "checkpoints/checkpoint-30". */
  readonly path: string;
  readonly bytes: number;
}

/** Written last, after everything else is on the disk. */
const completeSchema = z.looseObject({
  step: z.int().nonnegative(),
  /** Path relative to the checkpoint → bytes. */
  files: z.record(z.string(), z.int().nonnegative()),
});

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function whole(folder: string, path: string): Promise<WholeCheckpoint | null> {
  const complete = await readJson(join(folder, path, "COMPLETE.json"), completeSchema);
  if (complete === null) return null;
  let bytes = 0;
  for (const [name, size] of Object.entries(complete.files)) {
    if ((await sizeOf(join(folder, path, name))) !== size) return null;
    bytes += size;
  }
  return { step: complete.step, path, bytes };
}

/** Newest first. */
export async function wholeCheckpoints(folder: string): Promise<WholeCheckpoint[]> {
  let names: string[];
  try {
    names = await readdir(join(folder, "checkpoints"));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const found = await Promise.all(
    names.filter((name) => /^checkpoint-\d+$/.test(name)).map((name) => whole(folder, `checkpoints/${name}`)),
  );
  return found.filter((checkpoint) => checkpoint !== null).sort((a, b) => b.step - a.step);
}
