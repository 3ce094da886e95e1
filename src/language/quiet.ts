import type { Span } from "../core/config/problem.ts";
import { overlaps } from "./range.ts";

/** The word that somebody has just typed at: nothing is said about it until they pause. */
export function wordAround(text: string, offset: number): Span {
  let start = offset;
  while (start > 0 && /[^\s,:{}[\]"'#]/.test(text[start - 1] ?? " ")) start--;
  let end = offset;
  while (end < text.length && /[^\s,:{}[\]"'#]/.test(text[end] ?? " ")) end++;
  return { start, end };
}

/** Without those that touch the word at `typing`; all of them when nobody types. */
export function quietly<T>(
  problems: readonly T[],
  spanOf: (problem: T) => Span,
  text: string,
  typing: number | null,
): T[] {
  if (typing === null) return [...problems];
  const word = wordAround(text, typing);
  return problems.filter((problem) => {
    const span = spanOf(problem);
    // A problem of the whole section is not about the word in it.
    return !overlaps(span, word) || span.end - span.start > 2 * (word.end - word.start) + 20;
  });
}
