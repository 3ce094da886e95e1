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
import { lineAt } from "./block.ts";
import { MARK, type Probe } from "./probe.ts";

/** What may stand where the mark of a probe is, and what of the text it would replace. */
export interface Found {
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
  /** Column of the key, or of the list item: where lines below it are measured from. */
  readonly indent: number;
}

/**
 * The place of the mark; "text" in a block of text, null where the mark is no word of its own or the
 * probe has more than `allowedErrors`. Offsets are those of the text that the probe begins in at `base`.
 */
export function findMark(probe: Probe, base: number, allowedErrors = Infinity): Found | "text" | null {
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
  const part = role === "key" && quote === "" ? wordIn(source) : insideOf(source, quote);
  const start = node.range[0] + part.start;
  const end = node.range[0] + part.end;
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
  // In brackets a comma would be missing between the two.
  if (word.flow && quote === "" && end < node.range[1]) return null;
  const colon = !lone && end + quote.length === node.range[1] && /^\s*:/.test(probe.slice(node.range[1]));
  return {
    ...word,
    want: alone ? "either" : "key",
    path: path.slice(0, -1),
    present,
    items: siblings,
    colon,
  };
}

/** A key has no blanks: what stands behind one is another key that somebody types in front of. */
function wordIn(source: string): Span {
  const mark = source.indexOf(MARK);
  const end = source.indexOf(" ", mark);
  return { start: source.lastIndexOf(" ", mark) + 1, end: end === -1 ? source.length : end };
}

function insideOf(source: string, quote: string): Span {
  const closed = quote !== "" && source.length > 1 && source.endsWith(quote);
  return { start: quote.length, end: source.length - (closed ? 1 : 0) };
}

function aligned(map: YAMLMap, probe: string): boolean {
  const starts = map.items.flatMap((pair) => (isScalar(pair.key) ? [columnOf(pair.key, probe)] : []));
  return starts.every((start) => start === starts[0]);
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
