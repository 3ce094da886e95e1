/** Which run is meant: a folder, an id, the beginning of one, a name, or nothing for the newest. */
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { readJson } from "../launch/json-file.ts";
import { LaunchError } from "../launch/launcher.ts";
import { knownRoots, rootOf } from "../launch/roots.ts";
import { runFile, runInfoSchema } from "../launch/run-files.ts";
import { runFolders } from "../launch/runs.ts";
import { places } from "./site.ts";
import type { Io } from "./verb.ts";

/** Roots to look in: the one of this folder, or with `all` every one this user has launched from. */
export async function roots(io: Io, all: boolean): Promise<string[]> {
  const { data, runsRoot } = places(io);
  const here = await rootOf(join(io.cwd, "any.finetune.yaml"), runsRoot);
  return all ? [...new Set([here, ...(await knownRoots(data))])] : [here];
}

const isRun = async (folder: string): Promise<boolean> =>
  (await readJson(runFile(folder), runInfoSchema)) !== null;

/** Rejects with a `LaunchError` that says what there is instead. */
export async function findRun(io: Io, wanted: string | undefined): Promise<string> {
  if (wanted !== undefined && (isAbsolute(wanted) || /[\\/]/.test(wanted) || wanted === ".")) {
    const folder = resolve(io.cwd, wanted);
    if (await isRun(folder)) return folder;
    throw none(`${folder} holds no run.`);
  }
  for (const all of [false, true]) {
    const folders = (await Promise.all((await roots(io, all)).map(runFolders))).flat();
    const matching = folders
      .filter((folder) => wanted === undefined || isMeant(basename(folder), wanted))
      .sort((a, b) => (basename(a) < basename(b) ? 1 : -1));
    for (const folder of matching) if (await isRun(folder)) return folder;
    if (wanted === undefined) break;
  }
  throw none(
    wanted === undefined
      ? `There is no run in ${dirname(join(io.cwd, "x"))} yet.`
      : `There is no run "${wanted}".`,
  );
}

/** The whole id, its beginning, its end or the name in the middle: of several the newest. */
const isMeant = (id: string, wanted: string): boolean =>
  id === wanted || id.startsWith(wanted) || id.endsWith(`-${wanted}`) || id.slice(16, -5) === wanted;

const none = (message: string): LaunchError =>
  new LaunchError(
    "no-run",
    message,
    "finetune runs lists those of this project, finetune runs --all every one.",
  );
