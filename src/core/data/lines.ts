/** Bytes → lines with their real numbers, in bounded memory. */
import type { Encoding } from "./container.ts";
import type { ByteStream } from "./source.ts";

export interface Line {
  /** From 1, as an editor counts. */
  readonly number: number;
  /** Without its `\n`; a `\r` before it is kept. Empty when there is a fault. */
  readonly text: string;
  readonly fault?: "bytes" | "size";
}

/** A longer line is reported and skipped. Bytes. */
export const MAX_LINE = 1 << 24;

const NEWLINE = 0x0a;

/**
 * Lines in batches, one for each chunk that ends some. `isCut` is asked at the end: the stream was only
 * the first part of a file, so a last line without its end is not a line yet.
 */
export async function* linesOf(
  bytes: ByteStream,
  encoding: Encoding,
  isCut: () => boolean,
): AsyncGenerator<Line[]> {
  let number = 1;
  let carry: Uint8Array[] = [];
  let carried = 0;
  let overlong = false;
  const keep = (piece: Uint8Array) => {
    overlong ||= carried + piece.length > MAX_LINE;
    if (overlong) carry = [];
    else if (piece.length > 0) carry.push(piece.slice());
    carried = overlong ? MAX_LINE : carried + piece.length;
  };
  for await (const chunk of encoding === "utf-8" ? bytes : asUtf8(bytes, encoding)) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      keep(chunk);
      continue;
    }
    const batch: Line[] = [];
    let whole = chunk.subarray(0, end);
    const first = whole.indexOf(NEWLINE) + 1;
    if (overlong || carried + first > MAX_LINE) {
      batch.push({ number: number++, text: "", fault: "size" });
      whole = whole.subarray(first);
    } else if (carried > 0) whole = join([...carry, whole]);
    [carry, carried, overlong] = [[], 0, false];
    number = split(whole, number, batch);
    keep(chunk.subarray(end));
    yield batch;
  }
  if (carried === 0 || isCut()) return;
  const last: Line[] = [];
  if (overlong) last.push({ number, text: "", fault: "size" });
  else split(join([...carry, Uint8Array.of(NEWLINE)]), number, last);
  yield last;
}

/** Splits whole lines; decodes them at once, and one by one only where some bytes are not UTF-8. */
function split(whole: Uint8Array, from: number, batch: Line[]): number {
  let number = from;
  if (whole.length === 0) return number;
  const all = decode(whole.subarray(0, -1));
  if (all !== null) {
    for (const text of all.split("\n")) batch.push({ number: number++, text });
    return number;
  }
  for (let start = 0; start < whole.length;) {
    const end = whole.indexOf(NEWLINE, start);
    const text = decode(whole.subarray(start, end));
    batch.push(text === null ? { number, text: "", fault: "bytes" } : { number, text });
    number++;
    start = end + 1;
  }
  return number;
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

async function* asUtf8(bytes: ByteStream, encoding: Encoding): ByteStream {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  const encoder = new TextEncoder();
  for await (const chunk of bytes) yield encoder.encode(decoder.decode(chunk, { stream: true }));
  yield encoder.encode(decoder.decode());
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
