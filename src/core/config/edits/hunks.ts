/** The difference of two texts as changes of whole lines. */
import type { Span } from "../problem.ts";

export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

/** `edits` must be in order and not overlap. */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  let result = "";
  let from = 0;
  for (const { span, text: replacement } of edits) {
    result += text.slice(from, span.start) + replacement;
    from = span.end;
  }
  return result + text.slice(from);
}

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Cells of the comparison table above which the middle is replaced as a whole. */
const LARGEST_TABLE = 4_000_000;

/** Lines of `a` and `b` that stay, as pairs of indices: a longest common subsequence. */
function kept(a: readonly string[], b: readonly string[]): [number, number][] {
  const width = b.length + 1;
  if ((a.length + 1) * width > LARGEST_TABLE) return [];
  const table = new Uint32Array((a.length + 1) * width);
  const cell = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] =
        a[i] === b[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (cell(i + 1, j) >= cell(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

/** Changes that turn `before` into `after`, in offsets of `before`. */
export function lineHunks(before: string, after: string): TextEdit[] {
  if (before === after) return [];
  const old = linesOf(before);
  const now = linesOf(after);
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < now.length - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  ) {
    tail++;
  }
  const a = old.slice(head, old.length - tail);
  const b = now.slice(head, now.length - tail);
  const edits: TextEdit[] = [];
  let offset = old.slice(0, head).join("").length;
  let i = 0;
  let j = 0;
  for (const [nextI, nextJ] of [...kept(a, b), [a.length, b.length] as const]) {
    const removed = a.slice(i, nextI).join("");
    const added = b.slice(j, nextJ).join("");
    if (removed !== added) edits.push({ span: { start: offset, end: offset + removed.length }, text: added });
    offset += removed.length + (a[nextI]?.length ?? 0);
    i = nextI + 1;
    j = nextJ + 1;
  }
  return edits;
}
