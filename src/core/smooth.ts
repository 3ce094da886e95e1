/**
 * Exponential moving average with the start corrected (as Adam does): without the correction the first
 * points would be pulled towards zero. NaN is passed over: the average stays where it was.
 */
export interface Ema {
  /** Adds a value and returns the average; NaN before the first finite value. */
  push(value: number): number;
}

/** `weight` in [0, 1): share of the past; 0 returns the values themselves. */
export function ema(weight: number): Ema {
  let sum = 0;
  let norm = 0;
  return {
    push(value) {
      if (Number.isFinite(value)) {
        sum = weight * sum + (1 - weight) * value;
        norm = weight * norm + (1 - weight);
      }
      return norm === 0 ? Number.NaN : sum / norm;
    },
  };
}
