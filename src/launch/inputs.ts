/** The local files a plan names: their size and hash, read in a stream whatever their size. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Plan } from "../core/run/plan.ts";
import { isMissing } from "./json-file.ts";
import { type InputPaths, LaunchError } from "./launcher.ts";

export interface LocalInput {
  /** As the person wrote it. */
  readonly source: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: "file" | "folder";
}

export interface Measured {
  readonly bytes: number;
  readonly sha256: string;
}

async function hashFile(path: string): Promise<Measured> {
  const hash = createHash("sha256");
  let bytes = 0;
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  });
  return { bytes, sha256: hash.digest("hex") };
}

/** Names and contents of everything below, in an order that every system agrees on. */
async function hashFolder(folder: string): Promise<Measured> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256");
  let bytes = 0;
  for (const file of files) {
    const measured = await hashFile(file);
    bytes += measured.bytes;
    hash.update(`${file.slice(folder.length).split(sep).join("/")}\0${measured.sha256}\n`);
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Rejects with a `LaunchError` that names the file when it is missing, unreadable or of the other kind. */
export async function measure({ source, path, kind }: LocalInput): Promise<Measured> {
  try {
    const found = await stat(path);
    if (found.isDirectory() !== (kind === "folder")) {
      const is = found.isDirectory() ? "a folder" : "a file";
      throw new LaunchError(
        "input-kind",
        `${source} is ${is}, but a ${kind} is needed.`,
        `Correct the path: ${path}.`,
        path,
      );
    }
    return kind === "folder" ? await hashFolder(path) : await hashFile(path);
  } catch (error) {
    if (error instanceof LaunchError) throw error;
    if (isMissing(error)) {
      throw new LaunchError(
        "input-missing",
        `${source} does not exist.`,
        `It was looked for at ${path}.`,
        path,
      );
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new LaunchError(
      "input-unreadable",
      `${source} cannot be read: ${reason}`,
      `Check the permissions of ${path}.`,
      path,
    );
  }
}

/** What differs between the inputs a plan was made with and the files as they are now; empty: nothing. */
export async function changedInputs(plan: Plan, paths: InputPaths): Promise<string[]> {
  const changed: string[] = [];
  for (const [id, input] of Object.entries(plan.inputs)) {
    const path = paths[id];
    if (path === undefined) {
      changed.push(input.source);
      continue;
    }
    const { sha256 } = await measure({ source: input.source, path, kind: input.kind });
    if (sha256 !== input.sha256) changed.push(input.source);
  }
  return changed;
}
