/** Byte streams with something added: a count, a limit, a look ahead. */
import type { ByteStream } from "./source.ts";

/** Counts what is read, and remembers that reading itself failed. */
export function watched(bytes: ByteStream): {
  stream: ByteStream;
  bytesRead: () => number;
  failed: () => boolean;
} {
  let read = 0;
  let failed = false;
  async function* stream(): ByteStream {
    try {
      for await (const chunk of bytes) {
        read += chunk.length;
        yield chunk;
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  }
  return { stream: stream(), bytesRead: () => read, failed: () => failed };
}

/** All but the first `mark` bytes. */
export async function* without(bytes: ByteStream, mark: number): ByteStream {
  let left = mark;
  for await (const chunk of bytes) {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    if (skipped < chunk.length) yield chunk.subarray(skipped);
  }
}

/** At most `limit` bytes; where unpacking breaks off it ends and tells so. */
export function until(
  bytes: ByteStream,
  limit: number,
  readFailed: () => boolean,
): { stream: ByteStream; isCut: () => boolean; isBroken: () => boolean } {
  let isCut = false;
  let isBroken = false;
  async function* stream(): ByteStream {
    let left = limit;
    try {
      for await (const chunk of bytes) {
        yield chunk.subarray(0, Math.min(chunk.length, left));
        left -= chunk.length;
        isCut = left <= 0;
        if (isCut) return;
      }
    } catch (error) {
      // That the file cannot be read is the caller's to tell.
      if (readFailed()) throw error;
      isBroken = true;
    }
  }
  return { stream: stream(), isCut: () => isCut, isBroken: () => isBroken };
}

/** The first bytes, and the stream with them in front again. */
export async function peek(bytes: ByteStream): Promise<[Uint8Array, ByteStream]> {
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return [new Uint8Array(), bytes];
  async function* again(): ByteStream {
    yield first.value;
    try {
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return [first.value, again()];
}
