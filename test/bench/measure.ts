import { writeFileSync } from "node:fs";

/** One line of the table. */
export interface Row {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
  /** The most it should be. */
  readonly bar?: number;
}

export interface Times {
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Times `work` alone, again and again, after warming up; the argument counts the calls. */
export async function time(rounds: number, work: (round: number) => unknown): Promise<Times> {
  for (let round = 0; round < Math.ceil(rounds / 5); round++) await work(round);
  const samples = new Float64Array(rounds);
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    await work(round);
    samples[round] = performance.now() - begun;
  }
  return percentiles(samples);
}

export function percentiles(samples: Float64Array): Times {
  const sorted = samples.toSorted();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Hands the rows to `npm run bench`; prints them when the file is run by itself. */
export function report(rows: readonly Row[]): void {
  const file = process.env["BENCH_RESULTS"];
  if (file === undefined) console.table(rows);
  else writeFileSync(file, JSON.stringify(rows));
}
