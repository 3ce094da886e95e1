import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Node,
  type Scalar,
  type YAMLMap,
} from "yaml";
import type { ConfigPath, Span } from "../core/config/problem.ts";
import { blockAround, lineAt } from "./block.ts";
import { MARK, makeProbe, type Probe } from "./probe.ts";

/** Where somebody types: what may stand there, and what of the text it would replace. */
export interface Cursor {
  /** "key": a key of the map at `path`. "value": the value at `path`. "either": a list item or its first key. */
  readonly want: "key" | "value" | "either";
  readonly path: ConfigPath;
  /** Keys that the map at `path` has already, without the one being typed. */
  readonly present: readonly string[];
  /** Items of the list around, when a value of it is typed. */
  readonly items: readonly string[];
  /** The word under the cursor, quotes not included. */
  readonly span: Span;
  readonly quote: "" | "'" | '"';
  /** In `{}` or `[]`: one line only. */
  readonly flow: boolean;
  /** The key under the cursor has its colon. */
  readonly colon: boolean;
  /** The colon before the cursor lacks its space. */
  readonly glued: boolean;
  /** Column of the keys of this map, or of the line: where following lines are measured from. */
  readonly indent: number;
  /** Text that has to stand before the word so that it is a child of where it should be: see `settle`. */
  readonly reindent: Span | null;
}

type Found = Omit<Cursor, "glued" | "reindent">;

/** Null where nothing can be completed: in a comment, in a block of text, in a file that is no map. */
export function cursorAt(text: string, offset: number): Cursor | null {
  const line = lineAt(text, offset);
  const before = text.slice(line.start, offset);
  if (/(?:^|\s)#/.test(before.replace(/"[^"]*"|'[^']*'/g, ""))) return null;
  const block = blockAround(text, offset);
  const section = text.slice(block.start, block.end);
  const at = offset - block.start;
  const probe = makeProbe(section, at);
  if (!probe.lone) {
    const found = find(probe, block.start);
    return found === null || found === "text"
      ? null
      : withRoot({ ...found, glued: probe.glued, reindent: null }, text);
  }
  return settle(text, section, at, block.start);
}

/**
 * A word alone on its line may stand too far left or right to belong to anything. Tries its own column
 * first, then those of its neighbours, nearest first; the line is moved there when a completion is taken.
 */
function settle(text: string, section: string, at: number, base: number): Cursor | null {
  const line = lineAt(section, at);
  const own = /^ */.exec(section.slice(line.start, at))?.[0].length ?? 0;
  const errorsBefore = parseDocument(section.slice(0, line.start) + section.slice(line.end)).errors.length;
  for (const column of columns(section, line, own)) {
    const moved = section.slice(0, line.start) + " ".repeat(column) + section.slice(line.start + own);
    const probe = makeProbe(moved, at + column - own);
    const found = find(probe, base, errorsBefore);
    if (found === null) continue;
    if (found === "text") return null;
    if (column === own) return withRoot({ ...found, glued: false, reindent: null }, text);
    const shift = own - column;
    const span = { start: found.span.start + shift, end: found.span.end + shift };
    return withRoot(
      { ...found, span, glued: false, reindent: { start: base + line.start, end: base + line.start + own } },
      text,
    );
  }
  return null;
}

function columns(section: string, line: Span, own: number): number[] {
  const indentOf = (row: string): number => /^ */.exec(row)?.[0].length ?? 0;
  const filled = (row: string): boolean => /^\s*[^\s#]/.test(row);
  const above = section.slice(0, line.start).split("\n").filter(filled);
  const below = section
    .slice(line.end + 1)
    .split("\n")
    .find(filled);
  const minimum = below === undefined ? 0 : indentOf(below);
  const candidates = new Set(above.map(indentOf));
  const last = above.at(-1);
  if (last !== undefined && /:\s*(?:#.*)?$/.test(last)) candidates.add(indentOf(last) + 2);
  candidates.add(minimum);
  const rest = [...candidates].filter((column) => column >= minimum && column !== own);
  const nearest = rest.toSorted((a, b) => Math.abs(a - own) - Math.abs(b - own) || b - a);
  return own >= minimum ? [own, ...nearest] : nearest;
}

function find(probe: Probe, base: number, allowedErrors = Infinity): Found | "text" | null {
  const document = parseDocument(probe.text, {
    merge: true,
    keepSourceTokens: false,
    strict: false,
    uniqueKeys: false,
  });
  if (document.errors.length > allowedErrors) return null;
  let found: Found | "text" | null = null;
  visit(document, {
    Scalar(key, node, ancestors) {
      if (found !== null) return visit.BREAK;
      const source = node.range ? probe.text.slice(node.range[0], node.range[1]) : "";
      if (!source.includes(MARK)) return undefined;
      found = describe(key, node, ancestors, source, probe, base);
      return visit.BREAK;
    },
  });
  return found;
}

function describe(
  role: number | "key" | "value" | null,
  node: Node,
  ancestors: readonly unknown[],
  source: string,
  { text: probe, lone }: Probe,
  base: number,
): Found | "text" | null {
  if (!isScalar(node) || !node.range) return null;
  if (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED") return "text";
  if (source.includes("\n")) return null;
  const quote = source.startsWith('"') ? '"' : source.startsWith("'") ? "'" : "";
  const path = pathOf(ancestors, role);
  const start = node.range[0] + quote.length;
  const end = node.range[1] - (quote !== "" && source.length > 1 && source.endsWith(quote) ? 1 : 0);
  const parent = ancestors.at(-1);
  const map = role === "key" ? ancestors.at(-2) : parent;
  const container = isMap(map) || isSeq(map) ? map : undefined;
  const word: Pick<Found, "span" | "quote" | "flow" | "indent"> = {
    // The mark itself is not in the real text.
    span: { start: base + start, end: base + end - 1 },
    quote,
    flow: ancestors.some((ancestor) => (isMap(ancestor) || isSeq(ancestor)) && ancestor.flow === true),
    indent: columnOf(isPair(parent) && isScalar(parent.key) ? parent.key : node, probe),
  };
  const items = isSeq(parent)
    ? parent.items.flatMap((item) => (isScalar(item) && item !== node ? [String(item.value)] : []))
    : [];

  if (role !== "key") return { ...word, want: "value", path, present: [], items, colon: false };
  if (!isMap(container)) return null;
  if (container.flow !== true && !aligned(container, probe)) return null;
  const present = container.items.flatMap((other) =>
    other !== parent && isScalar(other.key) ? [String(other.key.value)] : [],
  );
  const seq = ancestors.at(-3);
  const alone = container.items.length === 1 && isSeq(seq);
  const siblings = alone ? seq.items.flatMap((item) => (isScalar(item) ? [String(item.value)] : [])) : [];
  const colon = !lone && /^\s*:/.test(probe.slice(node.range[1]));
  return {
    ...word,
    want: alone ? "either" : "key",
    path: path.slice(0, -1),
    present,
    items: siblings,
    colon,
  };
}

function aligned(map: YAMLMap, probe: string): boolean {
  const columns = map.items.flatMap((pair) => (isScalar(pair.key) ? [columnOf(pair.key, probe)] : []));
  return columns.every((column) => column === columns[0]);
}

function columnOf(node: Scalar, text: string): number {
  const start = node.range?.[0] ?? 0;
  return start - lineAt(text, start).start;
}

function pathOf(ancestors: readonly unknown[], role: number | "key" | "value" | null): ConfigPath {
  const path: (string | number)[] = [];
  ancestors.forEach((ancestor, index) => {
    const child = ancestors[index + 1];
    if (isSeq(ancestor)) path.push(child === undefined ? Number(role) : ancestor.items.indexOf(child));
    else if (isMap(ancestor)) {
      if (isPair(child) && isScalar(child.key)) path.push(String(child.key.value).replace(MARK, ""));
    }
  });
  return path;
}

/** The section knows nothing of the other sections: their names come from the text. */
function withRoot(cursor: Cursor, text: string): Cursor {
  if (cursor.want !== "key" || cursor.path.length > 0 || cursor.flow) return cursor;
  const names = [...text.matchAll(/^(?:"([^"\n]+)"|'([^'\n]+)'|([^\s#:'"{[][^:\n]*?))\s*:(?=\s|$)/gm)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? "",
  );
  const typed = text.slice(cursor.span.start, cursor.span.end);
  const once = names.indexOf(typed);
  return { ...cursor, present: cursor.colon ? names.filter((_, index) => index !== once) : names };
}
