/** What a run takes on the disk. Links count as links: what they point to belongs to somebody else. */
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "./json-file.ts";

export interface DiskUse {
  readonly total: number;
  /** By the first name below the run folder: checkpoints, adapter, export, … Bytes. */
  readonly parts: Readonly<Record<string, number>>;
}

/** Of a file, or of everything below a folder. */
export async function bytesBelow(path: string): Promise<number> {
  try {
    const found = await lstat(path);
    if (!found.isDirectory()) return found.size;
    const sizes = await Promise.all((await readdir(path)).map((name) => bytesBelow(join(path, name))));
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch (error) {
    if (isMissing(error)) return 0; // a running trainer prunes its checkpoints
    throw error;
  }
}

export async function diskUse(folder: string): Promise<DiskUse> {
  const names = await readdir(folder);
  const parts = await Promise.all(
    names.map(async (name): Promise<[string, number]> => [name, await bytesBelow(join(folder, name))]),
  );
  return { total: parts.reduce((sum, [, size]) => sum + size, 0), parts: Object.fromEntries(parts) };
}

/** The parts that are worth a word, largest first. */
export const largeParts = ({ parts }: DiskUse): [name: string, bytes: number][] =>
  Object.entries(parts)
    .filter(([, bytes]) => bytes >= 2 ** 20)
    .sort(([, a], [, b]) => b - a);
