/** From a path in the config to its place in the text, and back. */
import { isAlias, isMap, isPair, isScalar, isSeq, type Document, type Node, type Pair } from "yaml";
import type { ConfigPath, Span } from "./problem.ts";

export type Part = "key" | "value" | "item";

/** A place in the tree: the node, and the pair that holds it when it is the value of a key. */
export interface Place {
  readonly node: Node | null;
  readonly pair: Pair | null;
}

/** The text of a key; keys that are no scalars have none. The merge key is a symbol in the library's tree. */
export function keyText(pair: Pair): string | undefined {
  if (!isScalar(pair.key)) return undefined;
  const { value } = pair.key;
  return typeof value === "symbol" ? (value.description ?? "<<") : String(value ?? "");
}

const asNode = (value: unknown): Node | null =>
  isMap(value) || isSeq(value) || isScalar(value) || isAlias(value) ? value : null;

/** Follows an alias to the node that it stands for. */
export const follow = (document: Document, node: Node | null): Node | null =>
  isAlias(node) ? (node.resolve(document) ?? null) : node;

function ownPair(node: Node, key: string): Pair | null {
  if (!isMap(node)) return null;
  // The last of several equal keys is the one that counts.
  for (let i = node.items.length - 1; i >= 0; i--) {
    const pair = node.items[i];
    if (pair !== undefined && keyText(pair) === key) return pair;
  }
  return null;
}

function mergedPair(document: Document, node: Node, key: string, depth: number): Pair | null {
  const merge = ownPair(node, "<<");
  if (merge === null || depth > 20) return null;
  const value = asNode(merge.value);
  const sources = isSeq(value) ? value.items.map(asNode) : [value];
  for (const source of sources) {
    const target = follow(document, source);
    if (target === null) continue;
    const found = ownPair(target, key) ?? mergedPair(document, target, key, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** The place of `path`, or undefined when the file does not name it. Aliases and merge keys are followed. */
export function placeOf(document: Document, path: ConfigPath): Place | undefined {
  let place: Place = { node: asNode(document.contents), pair: null };
  for (const step of path) {
    const node = follow(document, place.node);
    if (node === null) return undefined;
    if (isSeq(node)) {
      const item = typeof step === "number" ? node.items[step] : undefined;
      if (item === undefined) return undefined;
      place = { node: isPair(item) ? null : asNode(item), pair: null };
      continue;
    }
    const pair = ownPair(node, String(step)) ?? mergedPair(document, node, String(step), 0);
    if (pair === null) return undefined;
    place = { node: asNode(pair.value), pair };
  }
  return place;
}

/** The deepest place on the way to `path` that the file names, with its depth. */
export function nearestPlace(document: Document, path: ConfigPath): { place: Place; depth: number } {
  for (let depth = path.length; depth > 0; depth--) {
    const place = placeOf(document, path.slice(0, depth));
    if (place !== undefined) return { place, depth };
  }
  return { place: { node: asNode(document.contents), pair: null }, depth: 0 };
}

const rangeOf = (node: Node | null): Span | undefined => {
  const range = node?.range;
  return range ? { start: range[0], end: range[1] } : undefined;
};

const keyRange = (pair: Pair | null): Span | undefined => rangeOf(asNode(pair?.key));

/** The span of one part of a place; falls back from an absent value to its key. */
export function spanOfPlace(place: Place, part: Part): Span | undefined {
  const key = keyRange(place.pair);
  const value = rangeOf(place.node);
  if (part === "key") return key ?? value;
  if (part === "item" && key && value) return { start: key.start, end: Math.max(key.end, value.end) };
  return value && value.end > value.start ? value : (key ?? value);
}

export interface Position {
  readonly path: ConfigPath;
  readonly part: "key" | "value" | "none";
}

const within = (span: Span | undefined, offset: number): boolean =>
  span !== undefined && offset >= span.start && offset <= span.end;

/** What stands at `offset`: a key, a value, or ("none") only the container that surrounds it. */
export function positionAt(document: Document, offset: number): Position {
  let node = asNode(document.contents);
  let path: ConfigPath = [];
  for (;;) {
    const next = descend(node, path, offset);
    if (next === null) return { path, part: isScalar(node) || isAlias(node) ? "value" : "none" };
    if (next.part !== undefined) return { path: next.path, part: next.part };
    node = next.node;
    path = next.path;
  }
}

interface Step {
  readonly node: Node | null;
  readonly path: ConfigPath;
  readonly part?: "key" | "value";
}

function descend(node: Node | null, path: ConfigPath, offset: number): Step | null {
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const child = asNode(item);
      if (within(rangeOf(child), offset)) return { node: child, path: [...path, index] };
    }
    return null;
  }
  if (!isMap(node)) return null;
  for (const pair of node.items) {
    const key = keyRange(pair);
    const here = [...path, keyText(pair) ?? ""];
    if (within(key, offset)) return { node: null, path: here, part: "key" };
    const child = asNode(pair.value);
    const value = rangeOf(child);
    if (within(value, offset)) {
      return isMap(child) || isSeq(child)
        ? { node: child, path: here }
        : { node: child, path: here, part: "value" };
    }
    // Between the colon and the value.
    if (key && value && offset > key.end && offset < value.start) {
      return { node: child, path: here, part: "value" };
    }
  }
  return null;
}
