/** Unpacking gzip with what the host offers: Node 18+ and browsers have the same `DecompressionStream`. */
import type { ByteStream } from "./source.ts";

export type Gunzip = (packed: ByteStream) => ByteStream;

/** The part of the web standard that is used, so that core needs no DOM types. */
export interface DecompressionStreamLike {
  readonly readable: {
    getReader(): {
      read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
      cancel(reason?: unknown): Promise<void>;
    };
  };
  readonly writable: {
    getWriter(): {
      write(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
      close(): Promise<void>;
      abort(reason?: unknown): Promise<void>;
    };
  };
}

/** `gunzipWith(() => new DecompressionStream("gzip"))`. The stream rejects when the data is damaged. */
export const gunzipWith = (open: () => DecompressionStreamLike): Gunzip =>
  async function* gunzip(packed) {
    const stream = open();
    const reader = stream.readable.getReader();
    const writer = stream.writable.getWriter();
    const fed = feed(packed, writer);
    // Its failure is the reader's failure too and is thrown there; this keeps it from being unhandled.
    fed.catch(() => undefined);
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        if (next.value) yield next.value;
      }
      await fed;
    } finally {
      // The consumer may have seen enough: without this the writer would wait for ever.
      await reader.cancel().catch(() => undefined);
    }
  };

async function feed(
  packed: ByteStream,
  writer: ReturnType<DecompressionStreamLike["writable"]["getWriter"]>,
): Promise<void> {
  try {
    for await (const chunk of packed) await writer.write(new Uint8Array(chunk));
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
}
