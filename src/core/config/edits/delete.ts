import { isMap, isSeq } from "yaml";
import type { ParsedConfig } from "../parse.ts";
import type { ConfigPath } from "../problem.ts";
import {
  contentEnd,
  lineEnd,
  lineStart,
  nextLine,
  ownPlace,
  pairEnd,
  pairStart,
  startOf,
  toNode,
} from "./tree.ts";

/** The text without the key or item at `path`; a section that would be left empty goes too. */
export function deleted(parsed: ParsedConfig, path: ConfigPath): string {
  const text = parsed.source;
  const place = ownPlace(parsed.document, path);
  if (path.length === 0 || place.depth !== path.length || place.parent === null) return text;
  const parent = place.parent;
  const siblings = isMap(parent) || isSeq(parent) ? parent.items.length : 0;
  if (siblings === 1 && path.length > 1) return deleted(parsed, path.slice(0, -1));
  const start = place.pair ? pairStart(place.pair) : itemStart(text, startOf(place.node), parent);
  const end = place.pair ? pairEnd(place.pair, text) : contentEnd(place.node, text);
  if ((isMap(parent) || isSeq(parent)) && parent.flow) return withoutFlowItem(text, start, end);
  return withoutBlock(text, start, end, nextSibling(place.pair, parent));
}

/** An item of a block list starts at its dash. */
function itemStart(text: string, start: number, parent: unknown): number {
  if (!isSeq(parent) || parent.flow) return start;
  const dash = text.lastIndexOf("-", start);
  return dash < 0 ? start : dash;
}

function nextSibling(pair: unknown, parent: unknown): number | undefined {
  if (!isMap(parent) || pair === null) return undefined;
  const index = parent.items.findIndex((item) => item === pair);
  const next = parent.items[index + 1];
  return next === undefined ? undefined : startOf(toNode(next.key));
}

function withoutFlowItem(text: string, start: number, end: number): string {
  const after = /^\s*,[ \t]*/.exec(text.slice(end));
  if (after) return text.slice(0, start) + text.slice(end + after[0].length);
  const before = /,\s*$/.exec(text.slice(0, start));
  return text.slice(0, start - (before?.[0].length ?? 0)) + text.slice(end);
}

function withoutBlock(text: string, start: number, end: number, next: number | undefined): string {
  const line = lineStart(text, start);
  const lead = text.slice(line, start);
  if (/^\s*$/.test(lead)) return text.slice(0, line) + text.slice(nextLine(text, lineEnd(text, end)));
  // The first key after a dash: the next key takes its place beside the dash.
  if (next !== undefined) return text.slice(0, start) + text.slice(next);
  return text.slice(0, start) + text.slice(end);
}
