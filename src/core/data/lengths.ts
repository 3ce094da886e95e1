/** Lengths of rows in constant memory. A token is about 4 characters; the trainer counts real ones. */
import type { Row } from "./row.ts";

export interface Lengths {
  /** Tokens, "about" unless the rows are token ids. */
  readonly total: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** Rows with at most `upTo` tokens and more than the bucket before; powers of two. */
  readonly histogram: readonly { readonly upTo: number; readonly rows: number }[];
  /** Against max_seq_length, when that is known. */
  readonly over: {
    readonly limit: number;
    readonly rows: number;
    /** What cutting each row at the limit would lose. */
    readonly tokens: number;
  } | null;
}

export interface LengthCounter {
  add(tokens: number): void;
  result(): Lengths | null;
}

const CHARACTERS_PER_TOKEN = 4;

export const tokensOfRow = (row: Row): number =>
  "input_ids" in row ? row.input_ids.length : Math.ceil(charactersOf(row) / CHARACTERS_PER_TOKEN);

function charactersOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  let sum = 0;
  for (const [key, inner] of Object.entries(value)) if (key !== "role") sum += charactersOf(inner);
  return sum;
}

/** Lengths up to this are counted one by one, longer ones in steps of 1/512 of themselves. */
const EXACT = 512;

export function lengthCounter(limit: number | null): LengthCounter {
  const counts = new Map<number, number>();
  let rows = 0;
  let total = 0;
  let max = 0;
  const over = { rows: 0, tokens: 0 };

  /** Smallest length of a bucket that at least `share` of the rows do not exceed. */
  function quantile(buckets: readonly (readonly [number, number])[], share: number): number {
    let seen = 0;
    for (const [tokens, count] of buckets) {
      seen += count;
      if (seen >= share * rows) return tokens;
    }
    return max;
  }

  return {
    add(tokens) {
      const bucket = bucketOf(tokens);
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
      rows++;
      total += tokens;
      max = Math.max(max, tokens);
      if (limit !== null && tokens > limit) {
        over.rows++;
        over.tokens += tokens - limit;
      }
    },
    result() {
      if (rows === 0) return null;
      const buckets = [...counts].sort(([left], [right]) => left - right);
      return {
        total,
        mean: total / rows,
        p50: quantile(buckets, 0.5),
        p95: quantile(buckets, 0.95),
        max,
        histogram: histogramOf(buckets),
        over: limit === null ? null : { limit, ...over },
      };
    },
  };
}

/** The representative length: itself, or rounded down to 10 significant bits. */
function bucketOf(tokens: number): number {
  if (tokens < EXACT) return tokens;
  const step = 2 ** (Math.floor(Math.log2(tokens)) - Math.log2(EXACT));
  return Math.floor(tokens / step) * step;
}

function histogramOf(buckets: readonly (readonly [number, number])[]): { upTo: number; rows: number }[] {
  const bars = new Map<number, number>();
  for (const [tokens, count] of buckets) {
    const upTo = 2 ** Math.ceil(Math.log2(Math.max(1, tokens)));
    bars.set(upTo, (bars.get(upTo) ?? 0) + count);
  }
  return [...bars].map(([upTo, rows]) => ({ upTo, rows }));
}
