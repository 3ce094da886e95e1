/** The rows of one file, as they come: the first ones settle the format, all are checked and counted. */
import { isFatal, type DataCode } from "./codes.ts";
import { columnsOf, detect, type Wanted } from "./detect.ts";
import { isProblem, type Entry } from "./entry.ts";
import { TOKENS, copies, fileProblem, noneUsable, overlong } from "./file-problems.ts";
import type { FoundFormat, RoleColumns } from "./formats.ts";
import { lengthCounter, tokensOfRow } from "./lengths.ts";
import type { DataProblem, DatasetReport } from "./report.ts";
import { rowHash } from "./row-hash.ts";
import type { Notes, Row } from "./row.ts";
import { rowReader, type RowReader } from "./rows.ts";
import { tally } from "./tally.ts";
import { isRecord, kindOf } from "./text-value.ts";

export interface SurveyOptions extends Wanted {
  /** null: not known, so no row is too long. */
  readonly maxSeqLength: number | null;
  /** Called with each used row, in order. */
  readonly onRow?: ((row: Row, line: number, hash: string) => void) | undefined;
}

export type Survey = Pick<
  DatasetReport,
  | "format"
  | "roles"
  | "columns"
  | "rows"
  | "used"
  | "skipped"
  | "notes"
  | "lengths"
  | "preview"
  | "hashes"
  | "problems"
>;

/** Rows on which the format is settled. */
const SAMPLE = 100;
const PREVIEW = 3;
/** Beyond this many, hashes cost too much memory; copies are then sought among the first ones only. */
const MOST_HASHES = 1_000_000;

type RecordEntry = { readonly line: number; readonly value: Readonly<Record<string, unknown>> };

export function survey(options: SurveyOptions): {
  /** False: nothing more is wanted, the file is unusable. */
  add(entry: Entry): boolean;
  finish(): Survey;
} {
  const counts = tally();
  const lengths = lengthCounter(options.maxSeqLength);
  const hashes = new Set<string>();
  const duplicates = { count: 0, line: 0 };
  const preview: { line: number; row: Row }[] = [];
  let sample: RecordEntry[] | null = [];
  let columns: readonly string[] = [];
  let found: { format: FoundFormat; roles: RoleColumns } | null = null;
  let read: RowReader | null = null;
  let fatal: DataProblem | null = null;
  let rows = 0;
  let used = 0;

  const fail = (code: DataCode, line: number | null, message: string): false => {
    fatal = fileProblem(code, message, line);
    return false;
  };

  function settle(): boolean {
    const records = sample ?? [];
    sample = null;
    if (records.length === 0) return true;
    const values = records.map((record) => record.value);
    columns = columnsOf(values);
    const detection = detect(values, options);
    if (detection.kind === "problem") return fail(detection.code, null, detection.message);
    found = { format: detection.format, roles: detection.roles };
    read = rowReader(detection.format, detection.roles);
    for (const record of records) use(record);
    return true;
  }

  function use({ line, value }: RecordEntry): void {
    if (!read) return;
    const notes: Notes = new Map();
    const row = read(value, notes);
    if (!row.ok) return counts.skip({ line, ...row.refusal });
    for (const [code, message] of notes) counts.note({ line, code, message });
    used++;
    if (preview.length < PREVIEW) preview.push({ line, row: row.value });
    lengths.add(tokensOfRow(row.value));
    const hash = rowHash(row.value);
    if (hashes.has(hash)) {
      if (duplicates.count++ === 0) duplicates.line = line;
    } else if (hashes.size < MOST_HASHES) hashes.add(hash);
    options.onRow?.(row.value, line, hash);
  }

  function add(entry: Entry): boolean {
    if (isProblem(entry)) {
      const { line, code, message } = entry;
      if (isFatal(code) || line === null) return fail(code, line, message);
      rows++;
      counts.skip({ line, code, message });
      return true;
    }
    rows++;
    const { line, value } = entry;
    if (!isRecord(value)) {
      counts.skip({ line, code: "row-not-object", message: `the row is ${kindOf(value)}, not an object.` });
      return true;
    }
    if (sample === null) use({ line, value });
    else if (sample.push({ line, value }) >= SAMPLE) return settle();
    return true;
  }

  function finish(): Survey {
    if (fatal === null && sample !== null) settle();
    const summary: DataProblem[] = fatal ? [fatal] : [];
    if (fatal === null && used === 0) summary.push(noneUsable(rows, counts.commonest()));
    if (duplicates.count > 0) summary.push(copies(duplicates.count, duplicates.line));
    const known = lengths.result();
    // Text is split, which loses nothing.
    if (known?.over && known.over.rows > 0 && found?.format !== "text")
      summary.push(overlong(known.over, known, used));
    if (found?.format === "tokens") summary.push(TOKENS);
    return {
      format: found?.format ?? null,
      roles: found?.roles ?? {},
      columns,
      rows,
      used: fatal ? 0 : used,
      skipped: counts.skipped,
      notes: counts.notes,
      lengths: known,
      preview,
      hashes: hashes.size < MOST_HASHES ? [...hashes] : null,
      problems: [...summary, ...counts.problems()],
    };
  }

  return { add, finish };
}
