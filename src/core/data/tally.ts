/** Counts what is wrong by code: the first place and sentence of each, and the first rows in full. */
import { count as figure } from "../units.ts";
import { severityOf, type DataCode } from "./codes.ts";
import type { DataProblem, RowProblem } from "./report.ts";

const SHOWN = 20;

interface Count {
  readonly first: RowProblem;
  readonly skips: boolean;
  count: number;
}

export interface Tally {
  skip(problem: RowProblem): void;
  note(problem: RowProblem): void;
  readonly skipped: readonly RowProblem[];
  readonly notes: readonly RowProblem[];
  /** The commonest reason of the skipped rows. */
  commonest(): RowProblem | undefined;
  problems(): DataProblem[];
}

export function tally(): Tally {
  const skipped: RowProblem[] = [];
  const notes: RowProblem[] = [];
  const counts = new Map<DataCode, Count>();
  const add = (problem: RowProblem, shown: RowProblem[], skips: boolean) => {
    if (shown.length < SHOWN) shown.push(problem);
    const known = counts.get(problem.code);
    if (known) known.count++;
    else counts.set(problem.code, { first: problem, skips, count: 1 });
  };
  return {
    skip: (problem) => add(problem, skipped, true),
    note: (problem) => add(problem, notes, false),
    skipped,
    notes,
    commonest: () =>
      [...counts.values()]
        .filter(({ skips }) => skips)
        .reduce<Count | undefined>(
          (most, next) => (most && most.count >= next.count ? most : next),
          undefined,
        )?.first,
    problems: () =>
      [...counts.values()].map(({ first, skips, count }) => ({
        code: first.code,
        severity: severityOf(first.code),
        line: first.line,
        message: sentence(first.message, count, skips),
        count,
      })),
  };
}

function sentence(message: string, count: number, skips: boolean): string {
  const start = message.charAt(0).toUpperCase() + message.slice(1).replace(/\.$/, "");
  const rows = count === 1 ? "This row" : `${figure(count)} rows like this`;
  if (skips) return `${start}. ${rows} ${count === 1 ? "is" : "are"} skipped.`;
  return count === 1 ? `${start}.` : `${start}. ${rows}.`;
}
