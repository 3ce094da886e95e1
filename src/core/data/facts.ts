/** A report → what the checks and estimates may know about the file. */
import type { DatasetFact } from "../facts.ts";
import { previewOf } from "./preview.ts";
import type { DatasetReport } from "./report.ts";

/** More hashes are not worth sending; copies between files are then found by reading them whole. */
const MOST_HASHES = 20_000;

const PREVIEWED = 2;

/** `mtime` as the host gives it: with the size it is the identity of what was read. */
export function datasetFact(report: DatasetReport, mtime: number): DatasetFact {
  const { lengths, hashes } = report;
  return {
    bytes: report.bytes,
    mtime,
    format: report.format ?? "unknown",
    columns: report.columns,
    rows: report.exact ? report.used : extrapolated(report),
    exact: report.exact,
    tokens: lengths && { mean: lengths.mean, p50: lengths.p50, p95: lengths.p95, max: lengths.max },
    problems: report.problems.map(({ code, severity, line, message }) => ({ code, severity, line, message })),
    preview: report.preview.slice(0, PREVIEWED).map(({ line, row }) => previewOf(row, line)),
    ...(hashes && hashes.length <= MOST_HASHES && { rowHashes: hashes }),
  };
}

/** Usable rows of the whole file, if the rest is like the part that was read. */
export const extrapolated = ({ used, bytes, bytesRead }: DatasetReport): number =>
  bytesRead === 0 ? 0 : Math.round((used * bytes) / bytesRead);
