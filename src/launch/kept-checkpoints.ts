/** Checkpoints that are still there: the trainer keeps the newest and the best, a person deletes what is spare. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "./json-file.ts";
import type { RunView } from "./runs.ts";

/**
 * The run as its folder has it: events tell of every checkpoint that was ever made. Those of a run on Modal are on
 * its volume, of which this machine knows only what the events tell.
 */
export async function withKeptCheckpoints<T extends Pick<RunView, "folder" | "info" | "job">>(
  view: T,
): Promise<T> {
  const { folder, info, job } = view;
  if (info.target === "modal" || job.checkpoints.length === 0) return view;
  const names = new Set(await namesIn(join(folder, "checkpoints")));
  const checkpoints = job.checkpoints.filter(({ path }) => names.has(path.slice(path.lastIndexOf("/") + 1)));
  return checkpoints.length === job.checkpoints.length ? view : { ...view, job: { ...job, checkpoints } };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
