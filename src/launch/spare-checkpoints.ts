/** Checkpoints that nobody resumes from: all but the newest whole one and the best. */
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { hasEnded } from "../core/run/status.ts";
import { wholeCheckpoints } from "./checkpoints.ts";
import { bytesBelow } from "./disk-use.ts";
import { isMissing } from "./json-file.ts";
import { telling } from "./launch-failure.ts";
import { LaunchError } from "./launcher.ts";
import type { RunView } from "./runs.ts";

export interface Spare {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
}

/** Rejects with a `LaunchError` while the run goes on: its trainer prunes by itself. */
export async function spareCheckpoints(view: RunView): Promise<Spare[]> {
  if (!hasEnded(view.state)) {
    throw new LaunchError(
      "still-running",
      `${view.id} is still going (${view.state}).`,
      "Wait for its end, or stop it: finetune stop.",
      view.folder,
    );
  }
  const root = join(view.folder, "checkpoints");
  const whole = await wholeCheckpoints(view.folder);
  const best = view.job.evals.findLast((point) => point.best)?.step;
  const kept = new Set([whole[0]?.step, whole.find(({ step }) => step === best)?.step]);
  // Without a whole one, what is there may still be of use to somebody.
  if (whole.length === 0) return [];
  const spare = (await names(root)).filter((name) => {
    const step = /^checkpoint-(\d+)$/.exec(name)?.[1];
    return step !== undefined && !kept.has(Number(step));
  });
  return Promise.all(
    spare.map(async (name) => ({ path: join(root, name), bytes: await bytesBelow(join(root, name)) })),
  );
}

/** `trash`: moves a folder to the trash of the system; without it the folders are removed for good. */
export async function deleteSpare(
  spare: readonly Spare[],
  // `rm` removes links and never what they point to.
  trash = (path: string): Promise<void> => rm(path, { recursive: true, force: true }),
): Promise<void> {
  for (const { path } of spare) await telling(path, () => trash(path));
}

/** A folder behind a link belongs to somebody else: nothing in it is spare. */
async function names(root: string): Promise<string[]> {
  try {
    return (await lstat(root)).isDirectory() ? await readdir(root) : [];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
