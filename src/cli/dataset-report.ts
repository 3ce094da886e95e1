/** A report of a data file as lines for people and as JSON for programs. */
import { relative } from "node:path";
import type { Lengths } from "../core/data/lengths.ts";
import { previewLines } from "../core/data/preview-text.ts";
import { previewOf } from "../core/data/preview.ts";
import type { DatasetReport } from "../core/data/report.ts";
import { count, size } from "../core/units.ts";

export interface NamedReport {
  readonly file: string;
  readonly section?: string;
  readonly report: DatasetReport;
}

/** Rows of a skipped code that are shown each with its line. */
const SHOWN = 5;
const BAR = 30;

const SHAPES = { jsonl: "JSON Lines", json: "JSON list", csv: "CSV", tsv: "TSV", txt: "text" } as const;

export function reportLines({ file, section, report }: NamedReport, cwd: string): string[] {
  const path = relative(cwd, file) || file;
  const { shape, encoding, compression, lengths } = report;
  const kind = [shape && SHAPES[shape], encoding?.toUpperCase(), compression].filter((word) => word !== null);
  const head = [
    `${path}${section === undefined ? "" : ` (${section})`}: ${report.format ?? "format not recognised"}`,
    `${count(report.rows)} rows, ${count(report.used)} usable`,
    ...(lengths === null ? [] : [`p95 ≈ ${count(lengths.p95)} tokens`]),
    size(report.bytes),
    kind.join(", "),
  ];
  return [
    head.filter((word) => word !== "").join(" · "),
    ...(report.columns.length === 0 ? [] : [`  columns  ${columnsText(report)}`]),
    ...(lengths === null ? [] : lengthLines(lengths)),
    ...report.problems.map(({ severity, line, message, code }) => {
      const place = line === null ? path : `${path}:${line}`;
      return `  ${place}: ${severity}: ${message} [${code}]`;
    }),
    ...skippedLines(report, path),
    ...previewOfFirst(report),
  ];
}

/** The first row as it is trained on. */
function previewOfFirst({ preview: [first] }: DatasetReport): string[] {
  if (first === undefined) return [];
  const lines = previewLines(previewOf(first.row, first.line), "auto");
  return [`  line ${first.line} (▌ is learnt)`, ...lines.map((line) => `    ${line}`.trimEnd())];
}

/** "q (instruction), a (output), id". */
function columnsText({ columns, roles }: DatasetReport): string {
  const roleOf = new Map(Object.entries(roles).map(([role, column]) => [column, role]));
  return columns
    .map((column) => {
      const role = roleOf.get(column);
      return role === undefined || role === column ? column : `${column} (${role})`;
    })
    .join(", ");
}

function lengthLines({ total, mean, p50, p95, max, histogram }: Lengths): string[] {
  const most = Math.max(1, ...histogram.map(({ rows }) => rows));
  const width = count(histogram.at(-1)?.upTo ?? 0).length;
  return [
    `  tokens   ≈ ${count(total)} in all · mean ${count(mean)} · p50 ${count(p50)} · p95 ${count(p95)} · longest ${count(max)}`,
    ...histogram.map(
      ({ upTo, rows }) =>
        `    ≤ ${count(upTo).padStart(width)}  ${"█".repeat(Math.ceil((BAR * rows) / most))} ${count(rows)}`,
    ),
  ];
}

/** The rows that are not used, a few of each reason: the problem above names only the first. */
function skippedLines({ skipped, rows, used, problems }: DatasetReport, path: string): string[] {
  const shown = skipped.slice(0, SHOWN).map(({ line, message }) => `    ${path}:${line}: ${message}`);
  const total = rows - used;
  if (problems.every(({ count: times }) => times === 1)) return [];
  const more = total > shown.length ? [`    and ${count(total - shown.length)} more`] : [];
  return [`  skipped rows`, ...shown, ...more];
}

export const reportJson = ({ file, section, report }: NamedReport): object => ({
  file,
  ...(section !== undefined && { section }),
  format: report.format,
  shape: report.shape,
  encoding: report.encoding,
  compression: report.compression,
  columns: report.columns,
  roles: report.roles,
  rows: report.rows,
  used: report.used,
  skipped: report.skipped.map((row) => ({ file, ...row })),
  skipped_total: report.rows - report.used,
  problems: report.problems.map(({ code, severity, line, message, count: times }) => ({
    code,
    severity,
    line,
    message,
    count: times,
  })),
  lengths: report.lengths,
  exact: report.exact,
});
