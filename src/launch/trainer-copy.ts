/**
 * The copy of the Python package in a run folder. No run may depend on the folder of the extension:
 * an update deletes it while a training goes on.
 */
import { createHash } from "node:crypto";
import { cp, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { isMissing } from "./json-file.ts";

const PACKAGE = "finetune_trainer";

export const trainerFolder = (runFolder: string): string => join(runFolder, "trainer");

/** Hash over names and contents of the Python files below a folder; null when there are none. */
async function fingerprint(folder: string): Promise<string | null> {
  let names: string[];
  try {
    names = await readdir(folder, { recursive: true });
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const hash = createHash("sha256");
  const files = names.filter((name) => name.endsWith(".py") || name.endsWith(".json")).sort();
  for (const name of files) hash.update(`${name}\0`).update(await readFile(join(folder, name)));
  return files.length === 0 ? null : hash.digest("hex");
}

/** `python` is the folder that holds the package. Does nothing when the copy is already the same. */
export async function copyTrainer(python: string, runFolder: string): Promise<void> {
  const source = join(python, PACKAGE);
  const target = trainerFolder(runFolder);
  const wanted = await fingerprint(source);
  if (wanted === null) throw new Error(`No trainer lies in ${source}: the installation is incomplete.`);
  if (wanted === (await fingerprint(join(target, PACKAGE)))) return;
  const building = `${target}.${process.pid}.tmp`;
  await rm(building, { recursive: true, force: true });
  await cp(source, join(building, PACKAGE), {
    recursive: true,
    dereference: true,
    filter: (path) => basename(path) !== "__pycache__",
  });
  await rm(target, { recursive: true, force: true });
  await rename(building, target);
}
