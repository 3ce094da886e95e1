/** Reads a data file, whole or its first part, and tells what is in it and what is wrong. */
import type { DataFormat } from "../run/plan.ts";
import type { EntryParser } from "./entry.ts";
import { fileProblem } from "./file-problems.ts";
import type { Gunzip } from "./gunzip.ts";
import { open, type Opened, type Refused } from "./open.ts";
import type { DataProblem, DatasetReport } from "./report.ts";
import type { Row } from "./row.ts";
import { parserOf, shapeOf, type Shape } from "./shape.ts";
import type { ByteSource } from "./source.ts";
import { survey, type Survey } from "./survey.ts";

export interface InspectOptions {
  /** File name or path: its extension counts where the content leaves the shape open. */
  readonly name: string;
  /** As in the config; `auto` when absent. */
  readonly format?: DataFormat;
  readonly columns?: Readonly<Record<string, string>>;
  /** Rows longer than this are counted; raw text is cut to rows of about this many tokens. */
  readonly maxSeqLength?: number;
  /** Bytes to read; the whole file when absent. Packed files: bytes before and after unpacking. */
  readonly limit?: number;
  readonly gunzip?: Gunzip;
  /** Called with each row that can be used, in order. */
  readonly onRow?: (row: Row, line: number, hash: string) => void;
  /** Stops between two chunks; the report then covers what was read. */
  readonly signal?: { readonly aborted: boolean };
}

/** What the editor reads of a file while typing. */
export const EDITOR_BYTES = 1 << 20;

const DEFAULT_SEQ_LENGTH = 2048;

/** Rejects only when the source cannot be read. */
export async function inspect(source: ByteSource, options: InspectOptions): Promise<DatasetReport> {
  const opened = await open(source, options);
  if (opened.kind === "refused") return refusedReport(source, options, opened);
  const rows = survey({
    format: options.format ?? "auto",
    columns: options.columns ?? {},
    maxSeqLength: options.maxSeqLength ?? null,
    onRow: options.onRow,
  });
  const read = await feed(opened, options, rows);
  const seen = rows.finish();
  return {
    name: options.name,
    compression: opened.compression,
    encoding: opened.encoding,
    shape: read.shape,
    ...seen,
    problems: withFile(seen.problems, opened, read, options.name),
    exact: !opened.isCut() && !read.aborted,
    bytes: source.size,
    bytesRead: opened.bytesRead(),
  };
}

interface Read {
  readonly shape: Shape | null;
  readonly mismatch: boolean;
  readonly aborted: boolean;
}

async function feed(opened: Opened, options: InspectOptions, rows: ReturnType<typeof survey>): Promise<Read> {
  let parser: EntryParser | null = null;
  let shape: Shape | null = null;
  let mismatch = false;
  for await (const batch of opened.lines) {
    if (options.signal?.aborted) return { shape, mismatch, aborted: true };
    let lines = batch;
    if (parser === null) {
      const first = batch.findIndex((line) => line.fault !== undefined || line.text.trim() !== "");
      const line = batch[first];
      if (line === undefined) continue;
      const found = shapeOf(options.name, line);
      if (!("shape" in found)) {
        rows.add(found);
        return { shape, mismatch, aborted: false };
      }
      ({ shape, mismatch } = found);
      parser = parserOf(shape, options.maxSeqLength ?? DEFAULT_SEQ_LENGTH);
      lines = batch.slice(first);
    }
    for (const entry of parser.take(lines)) if (!rows.add(entry)) return { shape, mismatch, aborted: false };
  }
  for (const entry of parser?.end(opened.isCut()) ?? []) if (!rows.add(entry)) break;
  return { shape, mismatch, aborted: false };
}

/** What is to say about the file beside its rows. */
function withFile(
  problems: readonly DataProblem[],
  opened: Opened,
  read: Read,
  name: string,
): readonly DataProblem[] {
  const about: DataProblem[] = [];
  if (opened.isDamaged()) about.push(fileProblem("gzip-damaged", "The gzip data is damaged or cut off."));
  if (opened.encoding !== "utf-8") {
    about.push(
      fileProblem("encoding-utf16", "The file is UTF-16 and is read as such; UTF-8 is half the size."),
    );
  }
  if (read.mismatch && read.shape) {
    const what = read.shape === "json" ? "a JSON list" : "JSON Lines";
    const last = name.split(/[/\\]/).at(-1) ?? name;
    about.push(fileProblem("extension-mismatch", `${last} holds ${what} and is read as such.`));
  }
  return [...about, ...problems];
}

const NOTHING: Survey = {
  format: null,
  roles: {},
  columns: [],
  rows: 0,
  used: 0,
  skipped: [],
  notes: [],
  lengths: null,
  preview: [],
  hashes: [],
  problems: [],
};

const refusedReport = (source: ByteSource, options: InspectOptions, refused: Refused): DatasetReport => ({
  name: options.name,
  compression: refused.code === "file-gzip" || refused.code === "gzip-damaged" ? "gzip" : null,
  encoding: null,
  shape: null,
  ...NOTHING,
  problems: [fileProblem(refused.code, refused.message)],
  exact: true,
  bytes: source.size,
  bytesRead: 0,
});
