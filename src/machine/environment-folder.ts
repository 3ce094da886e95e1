/** The folder of a Python environment of ours. It counts from the moment its mark is there. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { isMissing, readJson } from "../launch/json-file.ts";
import { LaunchError } from "../launch/launcher.ts";
import type { RequirementSet } from "./requirement-set.ts";

export const environmentsFolder = (cache: string): string => join(cache, "envs");

/** Written last: an environment cannot be moved, so it is made where it stays and marked when it works. */
export const markFile = (folder: string): string => join(folder, "COMPLETE.json");

/** Whether set-up ever finished here; cheap, for a window that only wants to know whether to offer it. */
export async function hasEnvironment(cache: string): Promise<boolean> {
  try {
    const names = await readdir(environmentsFolder(cache));
    const marks = await Promise.all(
      names.map((name) => readJson(markFile(join(environmentsFolder(cache), name)), completeSchema)),
    );
    return marks.some((mark) => mark !== null);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

export const completeSchema = z.looseObject({
  set: z.string(),
  /** SHA-256 of the lock it was made from. */
  lock: z.string(),
  python: z.string(),
  /** ISO 8601. */
  made: z.string(),
});
export type Complete = z.infer<typeof completeSchema>;

export const environmentPython = (folder: string, platform: NodeJS.Platform = process.platform): string =>
  platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");

export interface Lock {
  readonly set: RequirementSet;
  readonly path: string;
  readonly sha256: string;
  /** The packages it names, without markers: for progress. */
  readonly packages: readonly string[];
  /** The version of PyTorch it pins; null when it leaves it out. */
  readonly torch: string | null;
}

/** `requirements`: the folder with the locks. */
export async function readLock(requirements: string, set: RequirementSet): Promise<Lock> {
  const path = join(requirements, `${set}.lock`);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new LaunchError(
      "no-lock",
      `This version has no pinned packages for ${set}.`,
      "Name an environment of your own: --python, FINETUNE_PYTHON or the setting finetune.pythonPath.",
      path,
    );
  }
  const packages = text.split("\n").flatMap((line) => /^([A-Za-z0-9._-]+)==/.exec(line.trim())?.[1] ?? []);
  return {
    set,
    path,
    sha256: createHash("sha256").update(text).digest("hex"),
    packages,
    torch: /^torch==([^\s;+]+)/m.exec(text)?.[1] ?? null,
  };
}

/** `cpu-3f9a1c0b7d42`: another lock is another environment, so an old run keeps what it was made with. */
export const environmentName = ({ set, sha256 }: Lock): string => `${set}-${sha256.slice(0, 12)}`;
