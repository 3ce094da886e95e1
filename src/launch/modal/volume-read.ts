/** What lies on a volume, and pieces of it, without a machine. */
import type { ModalClient } from "modal";
import { CODE, grpcCode } from "./grpc.ts";
import type { VolumeEntry } from "./session.ts";
import { transfer } from "./transfer.ts";

/** Modal's FileEntry.type; links and the rest are not ours. */
const KINDS = new Map<number, VolumeEntry["kind"]>([
  [1, "file"],
  [2, "folder"],
]);

export interface Range {
  readonly bytes: Uint8Array;
  /** Of the whole file. */
  readonly size: number;
}

export async function listEntries(
  client: ModalClient,
  volumeId: string,
  path: string,
  recursive: boolean,
): Promise<VolumeEntry[]> {
  const found: VolumeEntry[] = [];
  const pages = client.cpClient.volumeListFiles2({ volumeId, path: `/${path}`, recursive });
  try {
    for await (const { entries } of pages)
      for (const entry of entries) {
        const kind = KINDS.get(entry.type);
        if (kind === undefined) continue;
        const { size, mtime } = entry;
        found.push({ path: entry.path.replace(/^\/+/, ""), kind, bytes: size, mtime });
      }
  } catch (error) {
    if (grpcCode(error) === CODE.notFound) return [];
    throw error;
  }
  return found;
}

/** Fewer bytes than asked for at the end of the file. The server may cut the answer into several pieces. */
export async function readRange(
  client: ModalClient,
  volumeId: string,
  path: string,
  offset: number,
  length: number,
  signal: AbortSignal,
): Promise<Range> {
  const wish = { volumeId, path, start: offset, len: length };
  const { getUrls, size } = await client.cpClient.volumeGetFile2(wish, { signal });
  if (offset >= size) return { bytes: new Uint8Array(), size };
  const pieces = await Promise.all(getUrls.map((url) => transfer(url, null, signal)));
  return { bytes: Buffer.concat(pieces), size };
}

/** Whole folders too. That it is not there is what the caller wants. */
export async function removeEntry(client: ModalClient, volumeId: string, path: string): Promise<void> {
  try {
    await client.cpClient.volumeRemoveFile2({ volumeId, path, recursive: true });
  } catch (error) {
    if (grpcCode(error) !== CODE.notFound) throw error;
  }
}
