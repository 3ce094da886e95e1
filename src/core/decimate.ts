/**
 * Makes a curve of any length drawable: at most four points for each bucket of x, namely its first, last,
 * smallest and largest, so that no spike and no dip is lost however many steps fall on one pixel.
 */

export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Indices to keep, ascending. `xs` must not descend. NaN in `ys` (a loss that was not finite) is kept once
 * a bucket, for it is news too. Neighbours outside the range are kept so that lines reach its edges.
 */
export function decimate(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  buckets: number,
  range: Range | null = null,
): number[] {
  const begin = range === null ? 0 : Math.max(0, lowerBound(xs, range.from) - 1);
  const end = range === null ? xs.length : Math.min(xs.length, lowerBound(xs, range.to) + 2);
  const length = end - begin;
  const wanted = Math.max(1, Math.floor(buckets));
  if (length <= 4 * wanted) return Array.from({ length: Math.max(0, length) }, (_, i) => begin + i);

  const x0 = at(xs, begin);
  const width = (at(xs, end - 1) - x0) / wanted;
  // Equal x everywhere (a clock that stood still): fall back to buckets of equal length.
  const bucketOf = (i: number): number =>
    width > 0
      ? Math.min(wanted - 1, Math.floor((at(xs, i) - x0) / width))
      : Math.floor(((i - begin) * wanted) / length);

  const kept: number[] = [];
  let i = begin;
  while (i < end) {
    const bucket = bucketOf(i);
    const first = i;
    let low = -1;
    let high = -1;
    let hole = -1;
    for (; i < end && bucketOf(i) === bucket; i++) {
      const y = at(ys, i);
      if (Number.isNaN(y)) {
        if (hole < 0) hole = i;
      } else {
        if (low < 0 || y < at(ys, low)) low = i;
        if (high < 0 || y > at(ys, high)) high = i;
      }
    }
    const picked = [first, low, high, hole, i - 1].filter((index) => index >= 0);
    for (const index of [...new Set(picked)].toSorted((a, b) => a - b)) kept.push(index);
  }
  return kept;
}

/** First index whose x is not below `value`. */
export function lowerBound(xs: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(xs, middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const at = (values: ArrayLike<number>, index: number): number => values[index] ?? Number.NaN;
