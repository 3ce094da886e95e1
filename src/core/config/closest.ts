/** Edit distance with swaps of neighbours counted as one (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** Letters and digits only, small: "Q4-K-M" and "q4_k_m" are the same word. */
const bare = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** The candidate that `word` most likely means, or undefined when none is near. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = bare(word);
  if (wanted === "" || word.length > 80) return undefined;
  let best: string | undefined;
  // Of one or two letters anything is near.
  let least = wanted.length < 3 ? 0 : Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const other = bare(candidate);
    if (other === wanted) return candidate;
    if (Math.abs(other.length - wanted.length) >= least) continue;
    const cost = distance(wanted, other);
    if (cost < least) {
      least = cost;
      best = candidate;
    }
  }
  return best;
}
