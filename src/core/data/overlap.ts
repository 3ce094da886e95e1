/** Rows that are both learnt and used to judge what was learnt. */
import { count } from "../units.ts";
import { fileProblem } from "./file-problems.ts";
import type { DataProblem } from "./report.ts";

/** Both as `DatasetReport.hashes`; null when no row is in both. */
export function overlap(train: readonly string[], held: readonly string[]): DataProblem | null {
  const learnt = new Set(train);
  const common = held.filter((hash) => learnt.has(hash)).length;
  if (common === 0) return null;
  const message = `${count(common)} of ${count(held.length)} evaluation rows are also trained on: the evaluation will look better than it is.`;
  return fileProblem("eval-overlap", message, null, common);
}
