/**
 * Files as Modal's volumes keep them: blocks of 8 MiB, each known by the SHA-256 of its bytes without the zeros
 * at its end, which are not sent either.
 */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { ModalError } from "./errors.ts";

export const BLOCK = 8 * 1024 * 1024;

export interface Block {
  readonly sha256: Uint8Array;
  /** With the zeros. */
  readonly bytes: number;
}

export type Source = string | Uint8Array;

export async function blocksOf(source: Source): Promise<Block[]> {
  const blocks: Block[] = [];
  await withReader(source, async (read, size) => {
    for (let start = 0; start < size; start += BLOCK) {
      const block = await read(start, Math.min(BLOCK, size - start));
      blocks.push({ sha256: sha256(cut(block)), bytes: block.length });
    }
  });
  return blocks;
}

/** The bytes of one block as they are sent. Rejects when the file has changed since its hash was taken. */
export async function bodyOf(source: Source, index: number, block: Block): Promise<Uint8Array> {
  let body: Uint8Array = new Uint8Array();
  await withReader(source, async (read) => {
    body = cut(await read(index * BLOCK, block.bytes));
  });
  if (!sha256(body).equals(block.sha256))
    throw new ModalError({
      code: "modal-file-changed",
      message: `${typeof source === "string" ? source : "A file"} changed while it was sent to Modal.`,
      hint: "Start the run again when nothing writes to it any more.",
    });
  return body;
}

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

function cut(block: Uint8Array): Uint8Array {
  let end = block.length;
  while (end > 0 && block[end - 1] === 0) end -= 1;
  return block.subarray(0, end);
}

type Read = (start: number, length: number) => Promise<Uint8Array>;

async function withReader(source: Source, use: (read: Read, size: number) => Promise<void>): Promise<void> {
  if (typeof source !== "string") {
    await use(async (start, length) => source.subarray(start, start + length), source.length);
    return;
  }
  const file = await open(source);
  try {
    const { size } = await file.stat();
    await use((start, length) => readFully(file, start, length), size);
  } finally {
    await file.close();
  }
}

/** Fewer bytes than asked for only at the end of the file. */
async function readFully(file: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
