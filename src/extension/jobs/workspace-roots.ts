/** Which folders hold runs that belong to what is open here. */
import { dirname, join, sep } from "node:path";
import { homedir } from "node:os";
import { dataFolder } from "../../launch/places.ts";
import { knownRoots, rootOf } from "../../launch/roots.ts";

/**
 * The roots of the open folders, and every root that this user has launched from (in a terminal, in
 * another window) that lies in one of them. `folders` are absolute paths.
 */
export async function workspaceRoots(
  folders: readonly string[],
  override: string | undefined,
): Promise<string[]> {
  const known = await knownRoots(
    dataFolder({ platform: process.platform, env: process.env, home: homedir() }),
  );
  const own = await Promise.all(folders.map((folder) => rootOf(join(folder, "finetune.yaml"), override)));
  return relevantRoots(folders, own, known);
}

export function relevantRoots(
  folders: readonly string[],
  own: readonly string[],
  known: readonly string[],
): string[] {
  const inside = known.filter((root) => folders.some((folder) => contains(folder, root)));
  return [...new Set([...folders, ...own, ...inside])];
}

const contains = (folder: string, path: string): boolean => {
  for (let at = path; ; at = dirname(at)) {
    if (at === folder || `${at}${sep}` === folder) return true;
    if (dirname(at) === at) return false;
  }
};
