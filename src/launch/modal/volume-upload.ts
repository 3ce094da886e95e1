/** Files onto a volume, without a machine: the server is told all hashes, asks for the blocks it lacks, gets them. */
import type { ModalClient } from "modal";
import { type Block, blocksOf, bodyOf } from "./blocks.ts";
import { ModalError } from "./errors.ts";
import type { Progress, UploadFile } from "./session.ts";
import { inParallel, transfer } from "./transfer.ts";

type Request = Parameters<ModalClient["cpClient"]["volumePutFiles2"]>[0];
type Missing = Awaited<ReturnType<ModalClient["cpClient"]["volumePutFiles2"]>>["missingBlocks"];

interface Hashed {
  readonly file: UploadFile;
  readonly blocks: readonly Block[];
  readonly bytes: number;
  /** Answers of the store, by index of the block. */
  readonly stored: Map<number, Uint8Array>;
}

/** Files named in one request: a message may have 100 MB, and a whole Python package is a few dozen. */
const BATCH = 50;
/** The server may ask again for what it lost in between, but not for ever. */
const ROUNDS = 4;

export async function uploadBlocks(
  client: ModalClient,
  volumeId: string,
  files: readonly UploadFile[],
  onProgress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const hashed: Hashed[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    const blocks = await blocksOf(file.from);
    hashed.push({
      file,
      blocks,
      bytes: blocks.reduce((sum, { bytes }) => sum + bytes, 0),
      stored: new Map(),
    });
  }
  const total = hashed.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const tell = (bytes: number): void => {
    done += bytes;
    onProgress(done, total);
  };
  tell(0);
  for (let from = 0; from < hashed.length; from += BATCH)
    await uploadBatch(client, volumeId, hashed.slice(from, from + BATCH), tell, signal);
}

async function uploadBatch(
  client: ModalClient,
  volumeId: string,
  batch: readonly Hashed[],
  tell: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 1; ; round += 1) {
    signal.throwIfAborted();
    const { missingBlocks } = await client.cpClient.volumePutFiles2(requestOf(volumeId, batch), { signal });
    const missing = [...missingBlocks];
    if (round === 1) tell(bytesOf(batch) - bytesOfMissing(batch, missing));
    if (missing.length === 0) return;
    if (round === ROUNDS) throw unfinished(batch, missing);
    await inParallel(missing, async ({ fileIndex, blockIndex, putUrl }) => {
      const { file, blocks, stored } = at(batch, fileIndex);
      const block = at(blocks, blockIndex);
      stored.set(blockIndex, await transfer(putUrl, await bodyOf(file.from, blockIndex, block), signal));
      if (round === 1) tell(block.bytes);
    });
  }
}

const requestOf = (volumeId: string, batch: readonly Hashed[]): Request => ({
  volumeId,
  disallowOverwriteExistingFiles: false,
  files: batch.map(({ file, blocks, bytes, stored }) => ({
    path: file.to,
    size: bytes,
    mode: file.mode ?? 0o644,
    blocks: blocks.map(({ sha256 }, index) => ({ contentsSha256: sha256, putResponse: stored.get(index) })),
  })),
});

const bytesOf = (batch: readonly Hashed[]): number => batch.reduce((sum, { bytes }) => sum + bytes, 0);

const bytesOfMissing = (batch: readonly Hashed[], missing: Missing): number =>
  missing.reduce(
    (sum, { fileIndex, blockIndex }) => sum + at(at(batch, fileIndex).blocks, blockIndex).bytes,
    0,
  );

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined)
    throw new ModalError({
      code: "modal-upload",
      message: "Modal asked for a part of a file that does not exist.",
      hint: "Start again; if it stays, this version may be too old for Modal.",
    });
  return item;
}

const unfinished = (batch: readonly Hashed[], missing: Missing): ModalError =>
  new ModalError({
    code: "modal-upload",
    message: `Modal did not keep ${missing[0] === undefined ? "a file" : at(batch, missing[0].fileIndex).file.to} although all of it was sent.`,
    hint: "Start again; what was kept is not sent a second time.",
    passing: true,
  });
