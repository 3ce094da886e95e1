import type { Span } from "../core/config/problem.ts";

/** A line that begins a section: a key at the first column. */
const SECTION = /^(?:[\p{L}\p{N}_][^:#]*|"[^"]*"|'[^']*')\s*:(?:\s|$)/u;

/** The line that holds `offset`, without its line break. */
export function lineAt(text: string, offset: number): Span {
  const start = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
  const next = text.indexOf("\n", offset);
  const end = next === -1 ? text.length : next;
  return { start, end: end > start && text[end - 1] === "\r" ? end - 1 : end };
}

/**
 * The top-level section around `offset`: all that the place of a cursor depends on, so that a mistake
 * elsewhere in the file does not matter here and a long file costs no more than a short one. Ends with the
 * first line of the next section, which a word in the wrong column would collide with. Where the file has
 * no section before the cursor (flow style, an empty file): from its beginning.
 */
export function blockAround(text: string, offset: number): Span {
  let start = lineAt(text, offset).start;
  while (start > 0 && !beginsSection(text, start)) start = text.lastIndexOf("\n", start - 2) + 1;

  let end = lineAt(text, offset).end;
  for (;;) {
    const next = text.indexOf("\n", end) + 1;
    if (next === 0) return { start, end: text.length };
    if (beginsSection(text, next)) return { start, end: lineAt(text, next).end };
    end = next;
  }
}

function beginsSection(text: string, lineStart: number): boolean {
  return SECTION.test(text.slice(lineStart, lineAt(text, lineStart).end));
}
