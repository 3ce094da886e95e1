/** Refusing before a download rather than in the middle of it. */
import { statfs } from "node:fs/promises";
import { size } from "../core/units.ts";
import { LaunchError } from "../launch/launcher.ts";
import type { RequirementSet } from "./requirement-set.ts";

const GIB = 2 ** 30;

/** Bytes an environment and its downloads take at most; measured: 1.3 GB (CPU), 7 GB (CUDA) installed. */
export const neededBytes = (set: RequirementSet): number => (set === "cpu" ? 2.5 : 12) * GIB;

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

export async function needSpace(folder: string, set: RequirementSet): Promise<void> {
  const free = await freeBytes(folder);
  const needed = neededBytes(set);
  if (free >= needed) return;
  throw new LaunchError(
    "disk-full",
    `The environment needs ${size(needed)}, but ${folder} has ${size(free)} free.`,
    "Free some, or set FINETUNE_CACHE_DIR to a folder on another disk.",
    folder,
  );
}
