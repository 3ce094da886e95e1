/** Anchors, aliases and duplicate keys: the faults that the parser reports late, badly or in quadratic time. */
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Scalar,
  YAMLMap,
  type Document,
  type LineCounter,
  type Pair,
  type YAMLSeq,
} from "yaml";
import { keyText } from "./locate.ts";
import type { Fix, Problem, Span } from "./problem.ts";

/** Nodes that a file may have after its aliases are written out: far above any real config. */
const MOST_NODES = 100_000;

/** Faults of one file that are told. */
const MOST_PROBLEMS = 100;

/** Each alias is looked up among all others when values are written out. */
const MOST_ALIASES = 1_000;

interface Scan {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly problems: Problem[];
  readonly sizes: Map<unknown, number>;
  /** The node last marked with an anchor, in the order of the file: what an alias means at its place. */
  readonly anchors: Map<string, unknown>;
  aliases: number;
  readonly open: Set<unknown>;
}

const spanOf = (node: { range?: readonly [number, number, number] | null }): Span => ({
  start: node.range?.[0] ?? 0,
  end: node.range?.[1] ?? 0,
});

/** A null in the place of an alias that leads nowhere, so that the rest of the file can still be read. */
function blank(at: Span): Scalar {
  const scalar = new Scalar(null);
  scalar.range = [at.start, at.end, at.end];
  return scalar;
}

function emptySection(alias: unknown): YAMLMap {
  const map = new YAMLMap();
  if (isAlias(alias) && alias.range) map.range = alias.range;
  return map;
}

function repaired(scan: Scan, node: unknown): unknown {
  if (!isAlias(node)) return node;
  scan.aliases++;
  const target = scan.anchors.get(node.source);
  if (target !== undefined && !scan.open.has(target)) return node;
  const at = spanOf(node);
  scan.problems.push({
    code: target === undefined ? "unresolved-alias" : "alias-cycle",
    severity: "error",
    message:
      target === undefined && /^[./\\*]|[./]/.test(node.source)
        ? `A text that starts with * needs quotes: "*${node.source}".`
        : target === undefined
          ? `Nothing above is marked &${node.source}. An anchor must be set before *${node.source} uses it.`
          : `*${node.source} stands inside the value that it copies.`,
    path: [],
    span: at,
  });
  return blank(at);
}

/** YAML allows a section as a key; no config has one, and writing it out as text is slow without end. */
function wordForKey(scan: Scan, pair: Pair, key: YAMLMap | YAMLSeq): void {
  const at = spanOf(key);
  scan.problems.push({
    code: "yaml-syntax",
    severity: "error",
    message: "A key is a word; this is a list or a section. Text that starts with [ or { needs quotes.",
    path: [],
    span: at,
  });
  pair.key = blank(at);
}

/** Size of a node with its aliases written out; repairs broken aliases and reports duplicates on the way. */
function scanNode(scan: Scan, node: unknown): number {
  if (isAlias(node)) return scan.sizes.get(scan.anchors.get(node.source)) ?? 1;
  let size = 1;
  if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined) {
    scan.anchors.set(node.anchor, node);
  }
  scan.open.add(node);
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      node.items[index] = repaired(scan, item);
      size += isPair(item) ? 1 : scanNode(scan, node.items[index]);
    }
  } else if (isMap(node)) {
    const first = new Map<string, Span>();
    for (const pair of node.items) {
      if (isMap(pair.key) || isSeq(pair.key)) wordForKey(scan, pair, pair.key);
      const key = keyText(pair);
      if (key !== undefined && isScalar(pair.key)) {
        const at = spanOf(pair.key);
        const earlier = first.get(key);
        if (earlier === undefined) first.set(key, at);
        else if (key !== "<<" && scan.problems.length < MOST_PROBLEMS)
          duplicate(scan, key, at, earlier, pair.value, node.flow === true);
      }
      const value = repaired(scan, pair.value);
      // Nothing can be merged from a null: an empty section stands in.
      pair.value = key === "<<" && value !== pair.value ? emptySection(pair.value) : value;
      size += scanNode(scan, pair.value);
    }
  }
  scan.open.delete(node);
  scan.sizes.set(node, size);
  return size;
}

function duplicate(scan: Scan, key: string, at: Span, earlier: Span, value: unknown, flow: boolean): void {
  const line = scan.lines.linePos(earlier.start).line;
  scan.problems.push({
    code: "duplicate-key",
    severity: "error",
    message: `${key} is already set on line ${line}. A key may stand only once; the later one would win silently.`,
    path: [],
    span: at,
    related: [{ line, message: `${key} was set here first` }],
    ...(flow || !isScalar(value) ? {} : { fixes: [withoutLine(scan, at)] }),
  });
}

/** Takes out the one line of a key with a plain value. */
function withoutLine({ lines }: Scan, at: Span): Fix {
  const { line } = lines.linePos(at.start);
  const start = lines.lineStarts[line - 1] ?? at.start;
  const end = lines.lineStarts[line] ?? Infinity;
  return {
    title: "Remove the second one",
    preferred: true,
    edits: [{ kind: "text", span: { start, end }, text: "" }],
  };
}

/** Problems of anchors and keys; `tooLarge` when writing the aliases out would explode. */
export function scanAliases(
  document: Document,
  lines: LineCounter,
): { problems: Problem[]; tooLarge: boolean } {
  const scan: Scan = {
    document,
    lines,
    problems: [],
    sizes: new Map(),
    anchors: new Map(),
    open: new Set(),
    aliases: 0,
  };
  const size = scanNode(scan, document.contents);
  return {
    problems: scan.problems,
    tooLarge: scan.aliases > MOST_ALIASES || (scan.aliases > 0 && size > MOST_NODES),
  };
}
