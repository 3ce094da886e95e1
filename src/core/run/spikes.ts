/** Losses far above their neighbourhood: a bad batch, or the beginning of a divergence. */

/** Share of the past in the average that a loss is held against. */
const MEMORY = 0.9;
/** Before so many losses nothing is usual: the first ones fall fast. */
const WARM_UP = 12;
/** Mean deviations above the average, and at least this share of it. */
const DEVIATIONS = 5;
const SHARE = 0.3;

/** Indices of spikes; null and NaN are no losses and have marks of their own. */
export function spikes(losses: ArrayLike<number | null>): number[] {
  const found: number[] = [];
  let average = 0;
  let deviation = 0;
  let seen = 0;
  for (let i = 0; i < losses.length; i++) {
    const loss = losses[i];
    if (loss === null || loss === undefined || !Number.isFinite(loss)) continue;
    const above = loss - average;
    const spike = seen >= WARM_UP && above > Math.max(DEVIATIONS * deviation, SHARE * Math.abs(average));
    if (spike) found.push(i);
    // A spike says little about what is usual; a plateau at its height is let in step by step.
    const weight = seen === 0 ? 1 : (1 - MEMORY) * (spike ? 0.3 : 1);
    average += weight * above;
    deviation += weight * (Math.abs(seen === 0 ? 0 : above) - deviation);
    seen += 1;
  }
  return found;
}
