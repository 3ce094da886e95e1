import { type Uri, workspace } from "vscode";
import { READ_LIMIT } from "../core/file-requests.ts";
import { bytesSource, type ByteSource } from "../core/data/source.ts";
import { size } from "../core/units.ts";
import { withDataFile as withFileOnDisk } from "../launch/data-file.ts";
import { Refusal } from "./refusal.ts";

/** Reads a data file in pieces where it lies on a disk; elsewhere the editor gives it whole or not at all. */
export async function withDataFile<T>(uri: Uri, use: (source: ByteSource) => Promise<T>): Promise<T> {
  if (uri.scheme === "file") return withFileOnDisk(uri.fsPath, use);
  const { size: bytes } = await workspace.fs.stat(uri);
  if (bytes > READ_LIMIT)
    throw new Refusal(`${uri.path} has ${size(bytes)}; without a disk at most ${size(READ_LIMIT)} are read.`);
  return use(bytesSource(await workspace.fs.readFile(uri)));
}
