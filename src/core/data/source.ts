/** Where bytes come from: a file of Node, an entry of a virtual file system, or an array in a test. */
export interface ByteSource {
  /** Bytes. */
  readonly size: number;
  /** Up to `length` bytes from `offset`; fewer only at the end. Rejects when the file cannot be read. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export type ByteStream = AsyncIterable<Uint8Array>;

/** Bytes read at once. */
export const CHUNK = 1 << 18;

export const bytesSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
});

/** The bytes up to `end` (exclusive), `size` at a time. */
export async function* streamOf(source: ByteSource, end: number, size: number): ByteStream {
  for (let offset = 0; offset < end;) {
    const chunk = await source.read(offset, Math.min(size, end - offset));
    // A file that shrank while it was read ends here.
    if (chunk.length === 0) return;
    offset += chunk.length;
    yield chunk;
  }
}
