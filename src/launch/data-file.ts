/** A data file on a disk, read in pieces. */
import { open, stat } from "node:fs/promises";
import { gunzipWith, type Gunzip } from "../core/data/gunzip.ts";
import type { ByteSource } from "../core/data/source.ts";
import { LaunchError } from "./launcher.ts";

/** Node's own unpacking. */
export const gunzip: Gunzip = gunzipWith(() => new DecompressionStream("gzip"));

/** Hands the opened file to `use` and closes it. Refuses what is no regular file: opening a pipe would wait for ever. */
export async function withDataFile<T>(path: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const kind = await stat(path);
  if (!kind.isFile()) {
    const what = kind.isDirectory() ? "a folder" : "no regular file";
    throw new LaunchError(
      "not-a-file",
      `${path} is ${what}.`,
      "Name a data file, or a config that names it.",
    );
  }
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    return await use({
      size,
      async read(offset, length) {
        const buffer = new Uint8Array(length);
        const { bytesRead } = await file.read(buffer, 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
    });
  } finally {
    await file.close();
  }
}
