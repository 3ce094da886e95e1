/** What the first bytes of a file say about it, whatever its extension. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be";

export type Container =
  /** `mark` is the length of the byte order mark. */
  | { readonly kind: "text"; readonly encoding: Encoding; readonly mark: number }
  | { readonly kind: "gzip" | "zip" | "parquet" | "arrow" | "utf-32" | "binary" };

/** How much of a file `sniff` wants to see. */
export const SNIFF_BYTES = 4096;

const MAGIC: readonly [kind: "gzip" | "zip" | "parquet" | "arrow" | "utf-32", bytes: readonly number[]][] = [
  ["gzip", [0x1f, 0x8b]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  ["zip", [0x50, 0x4b, 0x05, 0x06]],
  ["parquet", [0x50, 0x41, 0x52, 0x31]],
  ["arrow", [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31]],
  // The stream form that `datasets` writes: a continuation marker, then the length of the schema.
  ["arrow", [0xff, 0xff, 0xff, 0xff]],
  ["utf-32", [0xff, 0xfe, 0x00, 0x00]],
  ["utf-32", [0x00, 0x00, 0xfe, 0xff]],
];

const MARKS: readonly [encoding: Encoding, bytes: readonly number[]][] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

export function sniff(head: Uint8Array): Container {
  const startsWith = (bytes: readonly number[]) => bytes.every((byte, index) => head[index] === byte);
  const magic = MAGIC.find(([, bytes]) => startsWith(bytes));
  if (magic) return { kind: magic[0] };
  const mark = MARKS.find(([, bytes]) => startsWith(bytes));
  if (mark) return { kind: "text", encoding: mark[0], mark: mark[1].length };
  const encoding = encodingByZeros(head.subarray(0, SNIFF_BYTES));
  return encoding ? { kind: "text", encoding, mark: 0 } : { kind: "binary" };
}

/** Zero bytes in every second place are UTF-16 without a mark; any others are not text. */
function encodingByZeros(head: Uint8Array): Encoding | null {
  const zeros: [even: number, odd: number] = [0, 0];
  for (let index = 0; index < head.length; index++) if (head[index] === 0) zeros[index % 2 === 0 ? 0 : 1]++;
  const [even, odd] = zeros;
  if (even + odd === 0) return "utf-8";
  const places = head.length / 2;
  if (odd > places * 0.4 && even < places * 0.05) return "utf-16le";
  if (even > places * 0.4 && odd < places * 0.05) return "utf-16be";
  return null;
}
