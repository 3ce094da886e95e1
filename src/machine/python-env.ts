/** Which Python trains, and why. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { findExecutable } from "../launch/executable.ts";
import { isMissing, readJson } from "../launch/json-file.ts";
import { LaunchError } from "../launch/launcher.ts";
import { completeSchema, environmentPython, environmentsFolder, markFile } from "./environment-folder.ts";
import { type Interpreter, probe, versionText } from "./interpreter.ts";

export interface PythonWish {
  /** A setting, `--python` or FINETUNE_PYTHON: taken as it is, complete or not. */
  readonly explicit?: string | undefined;
  /** Where environments of ours lie. */
  readonly cache: string;
  /** The environment the editor or the shell has active. */
  readonly active?: string | undefined;
  /** The set of packages that fits this machine: of several environments of ours, the one made for it. */
  readonly set?: string | undefined;
}

export interface PythonChoice {
  /** Absolute. */
  readonly python: string;
  readonly source: "explicit" | "ours" | "active" | "path";
  /** One sentence. */
  readonly why: string;
  readonly version: string;
}

interface Candidate {
  readonly python: string;
  readonly source: PythonChoice["source"];
  readonly why: string;
}

/** Complete environments of ours, newest first. */
export async function ownEnvironments(
  cache: string,
): Promise<{ folder: string; set: string; made: string }[]> {
  let names: string[];
  try {
    names = await readdir(environmentsFolder(cache));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const found = await Promise.all(
    names.map(async (name) => {
      const folder = join(environmentsFolder(cache), name);
      const mark = await readJson(markFile(folder), completeSchema);
      return mark === null ? [] : [{ folder, set: mark.set, made: mark.made }];
    }),
  );
  return found.flat().sort((a, b) => (a.made < b.made ? 1 : -1));
}

async function candidates({ cache, active, set: wanted }: PythonWish): Promise<Candidate[]> {
  const list: Candidate[] = [];
  const own = await ownEnvironments(cache);
  const fitting = own.filter(({ set }) => set === wanted);
  for (const { folder, set } of [...fitting, ...own.filter((other) => !fitting.includes(other))]) {
    list.push({ python: environmentPython(folder), source: "ours", why: `made by setup (${set})` });
  }
  if (active !== undefined) list.push({ python: active, source: "active", why: "the active environment" });
  const onPath = await findExecutable(process.platform === "win32" ? "python" : "python3");
  if (onPath !== null) list.push({ python: onPath, source: "path", why: "found on the PATH" });
  return list;
}

const lacking = (interpreter: Interpreter): string =>
  interpreter.missing.length === 0 ? "" : `it lacks ${interpreter.missing.join(", ")}`;

/** Rejects with a `LaunchError` that says what is missing and how to get it. */
export async function choosePython(wish: PythonWish): Promise<PythonChoice> {
  if (wish.explicit !== undefined) return explicitPython(wish.explicit);
  const passedOver: string[] = [];
  for (const { python, source, why } of await candidates(wish)) {
    const found = await probe(python);
    if ("failed" in found) passedOver.push(found.failed);
    else if (found.missing.length === 0)
      return { python: found.executable, source, why, version: versionText(found) };
    else passedOver.push(`${python} (${why}) cannot train: ${lacking(found)}`);
  }
  const others = passedOver.length === 0 ? "" : ` ${passedOver.join("; ")}.`;
  throw new LaunchError(
    "no-environment",
    `No Python environment for training was found.${others}`,
    "Run finetune setup: it makes one with everything pinned, and changes nothing else on this machine.",
  );
}

async function explicitPython(python: string): Promise<PythonChoice> {
  const hint =
    "Correct the setting finetune.pythonPath (--python, FINETUNE_PYTHON), or leave it empty and run finetune setup.";
  const found = await probe(python);
  if ("failed" in found) throw new LaunchError("python-broken", found.failed, hint, python);
  if (found.missing.length > 0) {
    throw new LaunchError("python-incomplete", `${python} cannot train: ${lacking(found)}.`, hint, python);
  }
  return { python: found.executable, source: "explicit", why: "named by you", version: versionText(found) };
}
