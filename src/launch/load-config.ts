/** Reads a config and all it extends from disk, editors' unsaved texts first, and checks it. */
import { readFile, readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { maybeLocal } from "../core/config/maybe-local.ts";
import { parse, type ParsedConfig } from "../core/config/parse.ts";
import type { Problem } from "../core/config/problem.ts";
import { isSet } from "../core/config/resolve.ts";
import { validate } from "../core/config/validate.ts";
import type { Facts } from "../core/facts.ts";
import type { ResolvedConfig } from "../core/run/plan.ts";
import { isMissing } from "./json-file.ts";
import type { ConfigText } from "./run-folder.ts";

export interface LoadedConfig {
  readonly path: string;
  /** null: problems forbid it. */
  readonly config: ResolvedConfig | null;
  /** The same in spite of errors elsewhere, for estimates; null while no model or no data is named. */
  readonly tentative: ResolvedConfig | null;
  readonly problems: readonly Problem[];
  /** The config, or what it extends, says itself how long a sandbox may live. */
  readonly timeoutIsWritten: boolean;
  /** By absolute path; problems carry a `file` when they are not in the config itself. */
  readonly parsed: ReadonlyMap<string, ParsedConfig>;
  /** The config first, then what it extends, as they were read. */
  readonly texts: readonly [ConfigText, ...ConfigText[]];
}

/** Texts of files that are open and not saved, by absolute path. */
export type Unsaved = ReadonlyMap<string, string>;

type Found = ParsedConfig | { readonly missing: string };

export interface LoadOptions {
  readonly unsaved?: Unsaved;
  readonly facts?: Facts;
  /** Where the run happens, whatever the file says. */
  readonly target?: "local" | "modal";
}

/** `facts`: what the machine is; what the project holds is looked up here. Rejects only when the config itself is unreadable. */
export async function loadConfig(
  configPath: string,
  { unsaved = new Map(), facts = {}, target }: LoadOptions = {},
): Promise<LoadedConfig> {
  const path = resolve(configPath);
  const text = unsaved.get(path) ?? (await readFile(path, "utf8"));
  const found = new Map<string, Found>();
  const wanted = new Set<string>();
  const home = homedir();
  const read = (file: string): Found | "pending" => {
    const known = found.get(file);
    if (known === undefined) wanted.add(file);
    return known ?? "pending";
  };
  const context = { path, read, home, ...(target === undefined ? {} : { target }) };
  let checked = validate(text, context, facts);
  while (wanted.size > 0) {
    for (const file of wanted) found.set(file, await readConfig(file, unsaved));
    wanted.clear();
    checked = validate(text, context, facts);
  }
  // Whatever else is wrong with the file, what it names is looked at.
  const locals = Object.values(checked.resolution.tentative?.locals ?? {}).map((local) => local.path);
  const places = [...locals, ...maybeLocal(checked.resolution)];
  if (places.length > 0) checked = validate(text, context, { ...facts, ...(await lookAt(places)) });
  const extended = [...found].flatMap(([file, value]) =>
    "missing" in value ? [] : [[file, value] as const],
  );
  return {
    path,
    config: checked.problems.some((problem) => problem.severity === "error")
      ? null
      : checked.resolution.config,
    tentative: checked.resolution.tentative,
    problems: checked.problems,
    timeoutIsWritten: isSet(checked.resolution, ["compute", "modal", "timeout"]),
    parsed: new Map([[path, checked.parsed], ...extended]),
    texts: [{ path, text }, ...extended.map(([file, parsed]) => ({ path: file, text: parsed.text }))],
  };
}

async function readConfig(file: string, unsaved: Unsaved): Promise<Found> {
  try {
    return parse(unsaved.get(file) ?? (await readFile(file, "utf8")));
  } catch (error) {
    return { missing: isMissing(error) ? "does not exist" : String(error) };
  }
}

/** What lies at the paths a config names, and beside those where nothing does. */
async function lookAt(paths: readonly string[]): Promise<Pick<Facts, "paths" | "siblings">> {
  const kinds: Record<string, "file" | "folder" | "missing" | "refused"> = {};
  const siblings: Record<string, readonly string[]> = {};
  for (const path of paths) {
    try {
      const found = await stat(path);
      kinds[path] = found.isDirectory() ? "folder" : found.isFile() ? "file" : "refused";
    } catch (error) {
      kinds[path] = isMissing(error) ? "missing" : "refused";
      if (isMissing(error)) siblings[path] = await namesBeside(path);
    }
  }
  return { paths: kinds, siblings };
}

async function namesBeside(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(dirname(path))).filter((name) => name !== basename(path)).slice(0, 1000);
  } catch {
    return []; // The folder is missing too: there is nothing to propose.
  }
}
