/**
 * In a folder that nobody vouches for, a run may be a trap: a link in it makes a reader open what the person
 * has elsewhere. There, only regular files whose real path lies in an open folder are read.
 */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { isMissing } from "./json-file.ts";

/** Absolute folders within which everything must lie; undefined where all may be read. */
export type Confinement = readonly string[] | undefined;

/** Folders of a run that readers look into; what is deeper is only written by trainers. */
const READ = [".", "attempts", "config"];

/**
 * The first path of a run that leads out of `roots`, or is no regular file; null when there is none. A run
 * that is not there leads nowhere.
 */
export async function leadsOut(run: string, roots: readonly string[]): Promise<string | null> {
  const real = await Promise.all(roots.map((root) => realpath(root).catch(() => root)));
  const isInside = (path: string): boolean =>
    real.some((root) => path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`));
  const home = await realOf(run);
  if (home === null) return null;
  if (!isInside(home)) return run;
  for (const part of READ) {
    const folder = join(run, part);
    // Its own link is judged with the entries of the run.
    for (const entry of await entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (!(await isHarmless(path, entry, isInside))) return path;
    }
  }
  return null;
}

async function isHarmless(
  path: string,
  entry: Dirent,
  isInside: (path: string) => boolean,
): Promise<boolean> {
  if (entry.isFile() || entry.isDirectory()) return true;
  // Pipes and devices would hang whoever reads them.
  if (!entry.isSymbolicLink()) return false;
  const target = await realOf(path);
  if (target === null) return true; // nothing is there to be read
  const kind = await stat(target);
  return isInside(target) && (kind.isFile() || kind.isDirectory());
}

/** null: it leads to nothing. */
async function realOf(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissing(error) || isLoop(error)) return null;
    throw error;
  }
}

const isLoop = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ELOOP";

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // "attempts" may be missing, or a file: then no reader gets into it either.
    if (isMissing(error) || (error instanceof Error && "code" in error && error.code === "ENOTDIR"))
      return [];
    throw error;
  }
}

/** Whether `path` is a regular file that may be read. */
export async function mayRead(path: string, confinement: Confinement): Promise<boolean> {
  if (confinement === undefined) return true;
  const target = await realOf(path);
  if (target === null) return false;
  const roots = await Promise.all(confinement.map((root) => realpath(root).catch(() => root)));
  return (await stat(target)).isFile() && roots.some((root) => target.startsWith(`${root}${sep}`));
}
