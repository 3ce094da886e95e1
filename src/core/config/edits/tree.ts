/** Places in the tree for editing: the file's own nodes, with aliases left as they stand. */
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";
import { keyText } from "../locate.ts";
import type { ConfigPath } from "../problem.ts";

export interface OwnPlace {
  readonly node: Node | null;
  readonly pair: Pair | null;
  /** The map or list that holds the pair or item. */
  readonly parent: Node | null;
  readonly depth: number;
}

export const toNode = (value: unknown): Node | null =>
  isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null;

export function ownPair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.findLast((pair) => keyText(pair) === key);
}

/** The deepest place on the way to `path` that the file itself writes; depth = path.length when all of it. */
export function ownPlace(document: Document, path: ConfigPath): OwnPlace {
  let place: OwnPlace = { node: toNode(document.contents), pair: null, parent: null, depth: 0 };
  for (const [depth, step] of path.entries()) {
    const node = place.node;
    if (isMap(node)) {
      const pair = ownPair(node, String(step));
      if (pair === undefined) return place;
      place = { node: toNode(pair.value), pair, parent: node, depth: depth + 1 };
    } else if (isSeq(node) && typeof step === "number") {
      const item = node.items[step];
      if (item === undefined || isPair(item)) return place;
      place = { node: toNode(item), pair: null, parent: node, depth: depth + 1 };
    } else {
      return place;
    }
  }
  return place;
}

export const startOf = (node: Node | null): number => node?.range?.[0] ?? 0;

/** Offset of the first character of a pair: its key. */
export const pairStart = (pair: Pair): number => startOf(toNode(pair.key));

/** Offset after the last character of a node, without the line end and comment that follow a block. */
export function contentEnd(node: Node | null, text: string): number {
  if (isMap(node) && !node.flow) {
    const last = node.items.at(-1);
    if (last) return pairEnd(last, text);
  }
  if (isSeq(node) && !node.flow) {
    const last = node.items.at(-1);
    if (last !== undefined && !isPair(last)) return contentEnd(toNode(last), text);
  }
  const end = node?.range?.[1] ?? 0;
  // A block of text ends with its own line end.
  return end > startOf(node) && text[end - 1] === "\n" ? end - (text[end - 2] === "\r" ? 2 : 1) : end;
}

export function pairEnd(pair: Pair, text: string): number {
  const value = toNode(pair.value);
  if (value !== null && (value.range?.[1] ?? 0) > startOf(value)) return contentEnd(value, text);
  const key = toNode(pair.key)?.range?.[1] ?? 0;
  // An empty value: up to and with the colon.
  const colon = /^[ \t]*:/.exec(text.slice(key))?.[0].length ?? 0;
  return key + colon;
}

export const lineStart = (text: string, offset: number): number => text.lastIndexOf("\n", offset - 1) + 1;

/** Offset of the line end at or after `offset`, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  if (end < 0) return text.length;
  return text[end - 1] === "\r" ? end - 1 : end;
}

/** Offset of the next line. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

/** Columns before `offset` in its line, as white space: dashes of a list count as blanks. */
export const indentAt = (text: string, offset: number): string =>
  " ".repeat(offset - lineStart(text, offset));

export const newlineOf = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n");
