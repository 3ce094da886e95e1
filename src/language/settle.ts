import { parseDocument } from "yaml";
import type { Span } from "../core/config/problem.ts";
import { lineAt } from "./block.ts";
import { findMark, type Found } from "./find-mark.ts";
import { makeProbe } from "./probe.ts";

export interface Settled extends Found {
  /** The line has to begin at another column to belong to `path`: its blanks now, and how many it needs. */
  readonly reindent: { readonly span: Span; readonly column: number } | null;
}

/**
 * A word alone on its line may stand too far left or right to belong to anything. Tries its own column
 * first, then those of its neighbours, nearest first; the line is moved there when a completion is taken.
 */
export function settle(section: string, at: number, base: number): Settled | null {
  const line = lineAt(section, at);
  const own = /^ */.exec(section.slice(line.start, at))?.[0].length ?? 0;
  const errorsBefore = parseDocument(section.slice(0, line.start) + section.slice(line.end)).errors.length;
  for (const column of columns(section, line, own)) {
    const moved = section.slice(0, line.start) + " ".repeat(column) + section.slice(line.start + own);
    const probe = makeProbe(moved, at + column - own);
    const found = findMark(probe, base, errorsBefore);
    if (found === null) continue;
    if (found === "text") return null;
    if (column === own) return { ...found, reindent: null };
    const shift = own - column;
    const span = { start: found.span.start + shift, end: found.span.end + shift };
    const blanks = { start: base + line.start, end: base + line.start + own };
    return { ...found, span, reindent: { span: blanks, column } };
  }
  return null;
}

function columns(section: string, line: Span, own: number): number[] {
  const above = section.slice(0, line.start).split("\n").filter(filled);
  const below = section
    .slice(line.end + 1)
    .split("\n")
    .find(filled);
  // A list may stand in the column of its key: anything else in that column would take it over.
  const cutsList =
    below !== undefined && /^\s*-\s/.test(below) && !/^\s*-/.test(section.slice(line.start, line.end));
  const minimum = below === undefined ? 0 : indentOf(below) + (cutsList ? 1 : 0);
  const candidates = new Set(above.map(indentOf));
  const last = above.at(-1);
  if (last !== undefined && /:\s*(?:#.*)?$/.test(last)) candidates.add(indentOf(last) + 2);
  candidates.add(minimum);
  const rest = [...candidates].filter((column) => column >= minimum && column !== own);
  const nearest = rest.toSorted((a, b) => Math.abs(a - own) - Math.abs(b - own) || b - a);
  return own >= minimum ? [own, ...nearest] : nearest;
}

const indentOf = (row: string): number => /^ */.exec(row)?.[0].length ?? 0;

const filled = (row: string): boolean => /^\s*[^\s#]/.test(row);
