// A folder that is either whole or not there: made beside its place, marked, then renamed into it.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const MARKER = ".complete";

/**
 * Returns `folder`, calling `make(partial)` first when it is missing or was left half-made. Two processes may
 * do this at once: the first rename wins, the other one's copy is dropped.
 *
 * @param {string} folder
 * @param {(partial: string) => void | Promise<void>} make fills the empty folder `partial`
 * @returns {Promise<string>}
 */
export async function cached(folder, make) {
  if (existsSync(path.join(folder, MARKER))) return folder;
  removeLeftovers(folder);
  const partial = `${folder}.partial-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    await make(partial);
    writeFileSync(path.join(partial, MARKER), "");
    if (!existsSync(path.join(folder, MARKER))) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(partial, folder);
    }
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

/** Half-made copies of processes that are gone. @param {string} folder */
function removeLeftovers(folder) {
  const parent = path.dirname(folder);
  if (!existsSync(parent)) return;
  const prefix = `${path.basename(folder)}.partial-`;
  for (const name of readdirSync(parent)) {
    if (name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length))))
      rmSync(path.join(parent, name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
