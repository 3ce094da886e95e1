/**
 * One file of a volume, whole: in parts of 8 MiB, several at once, into `<file>.part`. A list beside it says which
 * parts are there, so that a later try goes on; one of them is fetched again to see that the file is still the same.
 */
import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ModalClient } from "modal";
import * as z from "zod";
import { isMissing } from "../json-file.ts";
import { BLOCK } from "./blocks.ts";
import { ModalError } from "./errors.ts";
import { readRange } from "./volume-read.ts";
import type { Progress } from "./session.ts";
import { inParallel } from "./transfer.ts";

const AT_ONCE = 4;

const stateSchema = z.object({ size: z.number(), done: z.array(z.int().nonnegative()) });

export async function downloadParts(
  client: ModalClient,
  volumeId: string,
  path: string,
  to: string,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { size } = await client.cpClient.volumeGetFile2({ volumeId, path, start: 0, len: 1 }, { signal });
  await mkdir(dirname(to), { recursive: true });
  const [part, list] = [`${to}.part`, `${to}.part.json`];
  const file = await openPart(part);
  try {
    const done = await knownParts(file, list, size, (index) =>
      partOf(client, volumeId, path, size, index, signal),
    );
    const missing = Array.from({ length: Math.ceil(size / BLOCK) }, (_, index) => index).filter(
      (index) => !done.has(index),
    );
    let bytes = [...done].reduce((sum, index) => sum + lengthOf(size, index), 0);
    onProgress(bytes, size);
    await inParallel(
      missing,
      async (index) => {
        const body = await partOf(client, volumeId, path, size, index, signal);
        await file.write(body, 0, body.length, index * BLOCK);
        done.add(index);
        await keep(list, size, done);
        bytes += body.length;
        onProgress(bytes, size);
      },
      AT_ONCE,
    );
    await file.truncate(size);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, to);
  await rm(list, { force: true });
}

const lengthOf = (size: number, index: number): number => Math.min(BLOCK, size - index * BLOCK);

async function partOf(
  client: ModalClient,
  volumeId: string,
  path: string,
  size: number,
  index: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const length = lengthOf(size, index);
  const { bytes, size: now } = await readRange(client, volumeId, path, index * BLOCK, length, signal);
  if (now === size && bytes.length === length) return bytes;
  throw new ModalError({
    code: "modal-download",
    message: `${path} on the volume changed while it was fetched, or came incomplete (${bytes.length} of ${length} bytes).`,
    hint: "Download it again when the run has ended.",
    passing: true,
  });
}

async function openPart(part: string): Promise<FileHandle> {
  try {
    return await open(part, "r+");
  } catch (error) {
    if (!isMissing(error)) throw error;
    return await open(part, "w+");
  }
}

/** Parts that an earlier try has left and that still belong to this file; none when in doubt. */
async function knownParts(
  file: FileHandle,
  list: string,
  size: number,
  fetch: (index: number) => Promise<Uint8Array>,
): Promise<Set<number>> {
  const state = await readList(list);
  const last = state?.done.at(-1);
  if (state === null || state.size !== size || last === undefined) return new Set();
  if (state.done.some((index) => index * BLOCK >= size)) return new Set();
  const theirs = await fetch(last);
  const ours = Buffer.alloc(theirs.length);
  await file.read(ours, 0, ours.length, last * BLOCK);
  return ours.equals(theirs) ? new Set(state.done) : new Set();
}

async function readList(list: string) {
  try {
    return stateSchema.safeParse(JSON.parse(await readFile(list, "utf8"))).data ?? null;
  } catch {
    return null; // Missing or torn: everything is fetched again.
  }
}

let writes = 0;

/** Parts that end together write together: the name of the unfinished list is each one's own. */
async function keep(list: string, size: number, done: ReadonlySet<number>): Promise<void> {
  const mine = `${list}.${process.pid}.${(writes += 1)}`;
  await writeFile(mine, JSON.stringify({ size, done: [...done] }));
  await rename(mine, list);
}
