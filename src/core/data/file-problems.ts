/** What is said about a file as a whole. */
import { count } from "../units.ts";
import { severityOf, type DataCode } from "./codes.ts";
import type { Lengths } from "./lengths.ts";
import type { DataProblem, RowProblem } from "./report.ts";

export const fileProblem = (
  code: DataCode,
  message: string,
  line: number | null = null,
  times = 1,
): DataProblem => ({ code, severity: severityOf(code), line, message, count: times });

export function noneUsable(rows: number, reason: RowProblem | undefined): DataProblem {
  if (rows === 0) return fileProblem("file-empty", "The file has no rows.");
  if (reason?.code === "bytes-invalid") {
    return fileProblem("encoding-unknown", "No line is UTF-8: save the file as UTF-8.", reason.line);
  }
  const why = reason ? `: ${reason.message.replace(/\.$/, "")} (line ${reason.line})` : "";
  return fileProblem(
    "rows-unusable",
    `${rows === 1 ? "The only row cannot" : `None of ${count(rows)} rows can`} be used${why}.`,
  );
}

/** `line`: the first copy. */
export function copies(times: number, line: number): DataProblem {
  const rows = times === 1 ? "1 row is a copy" : `${count(times)} rows are copies`;
  const message = `${rows} of an earlier one (white space aside): what occurs twice is learnt twice.`;
  return fileProblem("duplicate-rows", message, line, times);
}

export function overlong(
  over: NonNullable<Lengths["over"]>,
  { total, max }: Lengths,
  used: number,
): DataProblem {
  const share = (100 * over.tokens) / total;
  return fileProblem(
    "rows-overlong",
    `${count(over.rows)} of ${count(used)} rows ${over.rows === 1 ? "is" : "are"} longer than max_seq_length ${count(over.limit)} (the longest ≈ ${count(max)} tokens); cutting them would lose ≈ ${share.toFixed(share < 10 ? 1 : 0)} % of all tokens.`,
    null,
    over.rows,
  );
}

export const TOKENS: DataProblem = fileProblem(
  "format-tokens",
  "The rows are token ids: they fit only the tokenizer that made them.",
);
