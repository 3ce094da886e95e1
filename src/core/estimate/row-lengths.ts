/** How long the rows of the data are, as far as the run sees them. */
import type { DatasetFact } from "../facts.ts";

export interface RowLengths {
  /** Tokens of the longest row that is used. */
  readonly longest: number;
  /** What 95 % of the rows do not exceed. */
  readonly long: number;
  readonly mean: number;
  /** False: counted from the first part of a file. */
  readonly exact: boolean;
}

/** null: nothing known. @param limit rows are cut, split or dropped above it. */
export function rowLengths(facts: readonly DatasetFact[], limit: number): RowLengths | null {
  let longest = 0;
  let long = 0;
  let tokens = 0;
  let rows = 0;
  let exact = true;
  for (const fact of facts) {
    if (!fact.tokens) return null;
    longest = Math.max(longest, fact.tokens.max);
    long = Math.max(long, fact.tokens.p95);
    tokens += fact.rows * Math.min(fact.tokens.mean, limit);
    rows += fact.rows;
    exact &&= fact.exact;
  }
  if (rows === 0) return null;
  return {
    longest: Math.min(limit, Math.max(1, longest)),
    long: Math.min(limit, Math.max(1, long)),
    mean: Math.max(1, tokens / rows),
    exact,
  };
}
