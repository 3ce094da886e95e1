import { open, type FileHandle } from "node:fs/promises";
import { type Uri, workspace } from "vscode";
import { READ_LIMIT } from "../core/file-requests.ts";
import { bytesSource, type ByteSource } from "../core/data/source.ts";
import { size } from "../core/units.ts";
import { Refusal } from "./refusal.ts";

/** Reads a data file in pieces where it lies on a disk; elsewhere the editor gives it whole or not at all. */
export async function withDataFile<T>(uri: Uri, use: (source: ByteSource) => Promise<T>): Promise<T> {
  if (uri.scheme !== "file") {
    const { size: bytes } = await workspace.fs.stat(uri);
    if (bytes > READ_LIMIT)
      throw new Refusal(
        `${uri.path} has ${size(bytes)}; without a disk at most ${size(READ_LIMIT)} are read.`,
      );
    return use(bytesSource(await workspace.fs.readFile(uri)));
  }
  const file = await open(uri.fsPath, "r");
  try {
    return await use(await fileSource(file));
  } finally {
    await file.close();
  }
}

async function fileSource(file: FileHandle): Promise<ByteSource> {
  const { size: bytes } = await file.stat();
  return {
    size: bytes,
    async read(offset, length) {
      const buffer = new Uint8Array(length);
      const { bytesRead } = await file.read(buffer, 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
  };
}
