/** A source → its lines, whatever it is packed and written in. */
import { SNIFF_BYTES, sniff, type Container, type Encoding } from "./container.ts";
import type { DataCode } from "./codes.ts";
import type { Gunzip } from "./gunzip.ts";
import { linesOf, type Line } from "./lines.ts";
import { CHUNK, streamOf, type ByteSource, type ByteStream } from "./source.ts";
import { peek, until, watched, without } from "./streams.ts";

export interface OpenOptions {
  /** Bytes to read at most; all when absent. */
  readonly limit?: number;
  /** Absent: gzip is recognised but not read. */
  readonly gunzip?: Gunzip;
}

export interface Opened {
  readonly kind: "text";
  readonly compression: "gzip" | null;
  readonly encoding: Encoding;
  /** Only the first part was read; known at the end of the lines. */
  isCut(): boolean;
  readonly lines: AsyncIterable<Line[]>;
  /** Bytes of the source that were read so far. */
  bytesRead(): number;
  /** Whether unpacking broke off; known at the end of the lines. */
  isDamaged(): boolean;
}

export interface Refused {
  readonly kind: "refused";
  readonly code: DataCode;
  readonly message: string;
}

const PACKED_CHUNK = 1 << 15;

export async function open(source: ByteSource, options: OpenOptions): Promise<Opened | Refused> {
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const end = Math.min(source.size, limit);
  const head = await source.read(0, Math.min(SNIFF_BYTES, source.size));
  const outer = sniff(head);
  // How much of a packed file was needed is known to the chunk: rows are extrapolated from it.
  const file = watched(streamOf(source, end, outer.kind === "gzip" ? PACKED_CHUNK : CHUNK));
  const isPart = end < source.size;
  const { bytesRead } = file;
  if (outer.kind !== "gzip") {
    const plain = { compression: null, isCut: () => isPart, isDamaged: () => false };
    return asText(outer, file.stream, { ...plain, bytesRead });
  }

  if (!options.gunzip) return refused("file-gzip", "The file is gzip, which cannot be unpacked here.");
  const unpacked = until(options.gunzip(file.stream), limit, file.failed);
  const [start, whole] = await peek(unpacked.stream);
  const isCut = () => isPart || unpacked.isCut();
  // A part of a packed file always breaks off.
  const isDamaged = () => unpacked.isBroken() && !isPart;
  if (isDamaged() && start.length === 0)
    return refused("gzip-damaged", "The gzip data is damaged or cut off.");
  return asText(sniff(start), whole, { compression: "gzip", isCut, isDamaged, bytesRead });
}

type Known = Pick<Opened, "compression" | "isCut" | "bytesRead" | "isDamaged">;

function asText(container: Container, bytes: ByteStream, known: Known): Opened | Refused {
  if (container.kind !== "text") return refused(...REFUSALS[container.kind]);
  const { encoding, mark } = container;
  return { kind: "text", encoding, lines: linesOf(without(bytes, mark), encoding, known.isCut), ...known };
}

const refused = (code: DataCode, message: string): Refused => ({ kind: "refused", code, message });

const REFUSALS: Readonly<Record<Exclude<Container["kind"], "text">, readonly [DataCode, string]>> = {
  gzip: ["file-gzip", "The file is gzip inside gzip: unpack it once."],
  zip: [
    "file-zip",
    "The file is a zip archive (Excel files are, too): unpack it, or save it as CSV or JSON Lines.",
  ],
  parquet: ["file-parquet", "The file is Parquet: the trainer reads it; it is not looked into here."],
  arrow: ["file-arrow", "The file is Arrow: the trainer reads it; it is not looked into here."],
  "utf-32": ["encoding-unknown", "The file is UTF-32: save it as UTF-8."],
  binary: [
    "file-binary",
    "The file is not text, and no data file of a known kind: save the rows as JSON Lines.",
  ],
};
