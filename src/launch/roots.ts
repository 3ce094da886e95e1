/** Where the runs of a config lie, and which roots this user has ever launched from. */
import { appendFile, lstat, mkdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import * as z from "zod";
import { isMissing } from "./json-file.ts";

const exists = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

async function nearestHolding(folder: string, name: string): Promise<string | null> {
  for (let at = folder; ; at = dirname(at)) {
    if (await exists(join(at, name))) return at;
    if (dirname(at) === at) return null;
  }
}

/** Nearest ancestor that holds `.finetune`, else `.git`, else the config's own folder; `override` beats all. */
export async function rootOf(configPath: string, override?: string): Promise<string> {
  if (override !== undefined && override !== "") return resolve(override);
  const folder = dirname(resolve(configPath));
  return (await nearestHolding(folder, ".finetune")) ?? (await nearestHolding(folder, ".git")) ?? folder;
}

export const runsFolder = (root: string): string => join(root, ".finetune", "runs");

const ROOTS = "roots.jsonl";
const rootLine = z.looseObject({ root: z.string().min(1) });

/** Appends; one short line is written in one piece, so several windows may do it at once. */
export async function rememberRoot(dataFolder: string, root: string): Promise<void> {
  if ((await knownRoots(dataFolder)).includes(root)) return;
  await mkdir(dataFolder, { recursive: true });
  await appendFile(
    join(dataFolder, ROOTS),
    `${JSON.stringify({ root, t: Math.floor(Date.now() / 1000) })}\n`,
  );
}

/** Oldest first, each once. A line that is no root (torn, or of a later version) is passed over. */
export async function knownRoots(dataFolder: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(join(dataFolder, ROOTS), "utf8");
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const roots = new Set<string>();
  for (const line of text.split("\n")) {
    const root = parseRoot(line);
    if (root !== null) roots.add(root);
  }
  return [...roots];
}

function parseRoot(line: string): string | null {
  try {
    const parsed = rootLine.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data.root : null;
  } catch {
    return null;
  }
}
