import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import type { ParsedConfig } from "../parse.ts";
import type { ConfigPath } from "../problem.ts";
import { blockLines, flowText } from "./render.ts";
import {
  contentEnd,
  indentAt,
  lineEnd,
  newlineOf,
  ownPlace,
  pairEnd,
  pairStart,
  startOf,
  toNode,
  type OwnPlace,
} from "./tree.ts";

/** Value for the deepest place that exists: what is missing of the path is wrapped around it. */
const nested = (path: ConfigPath, value: unknown): unknown =>
  path.reduceRight<unknown>((inner, step) => (typeof step === "number" ? [inner] : { [step]: inner }), value);

/** The text with `value` at `path`; keys and sections on the way are added. */
export function inserted(parsed: ParsedConfig, path: ConfigPath, value: unknown): string {
  const text = parsed.source;
  const place = ownPlace(parsed.document, path);
  const rest = path.slice(place.depth);
  const [step, ...below] = rest;
  if (step === undefined) return replaced(text, place, value);
  const { node, pair } = place;
  if (isMap(node)) return added(text, node, String(step), nested(below, value));
  if (node === null || (isScalar(node) && node.value === null)) {
    return pair === null
      ? atEnd(text, String(step), nested(below, value))
      : filled(text, pair, nested(rest, value));
  }
  if (isAlias(node) && pair)
    return filled(text, pair, { "<<": RAW_ALIAS + node.source, [step]: nested(below, value) });
  if (isScalar(node)) return spelledOut(text, place, path, value);
  return text;
}

/** `model: x` and `dataset: x` name one key of the section that they stand for. */
function spelledOut(text: string, place: OwnPlace, path: ConfigPath, value: unknown): string {
  const { node, pair, depth } = place;
  if (!isScalar(node)) return text;
  const short = path[depth - 1] === "model" ? "name" : "path";
  const [step, ...below] = path.slice(depth);
  if (step === short && below.length === 0 && typeof value === "string") return replaced(text, place, value);
  const section = { [short]: node.value, [String(step)]: nested(below, value) };
  return pair === null ? replaced(text, place, section) : filled(text, pair, section);
}

/** Marks a text that is written as an alias: a character that no config has. */
const RAW_ALIAS = "\uE000*";

const raw = (line: string): string => line.replace(/"?\uE000\*([^"]*)"?/, "*$1");

function indented(lines: readonly string[], indent: string, newline: string): string {
  return lines.map((line) => indent + raw(line)).join(newline);
}

/** A value in the place of another one. */
function replaced(text: string, { node, pair, parent }: OwnPlace, value: unknown): string {
  if (pair !== null) return filled(text, pair, value, isMap(parent) && parent.flow === true);
  if (node === null) return text;
  return text.slice(0, startOf(node)) + flowText(value) + text.slice(contentEnd(node, text));
}

/** The whole value of a pair, whatever stood there; a comment on the key's line stays. */
function filled(text: string, pair: Pair, value: unknown, inFlow = false): string {
  const node = toNode(pair.value);
  const key = String((isScalar(pair.key) ? pair.key.value : undefined) ?? "");
  const start = pairStart(pair);
  const keyEnd = toNode(pair.key)?.range?.[1] ?? start;
  const colon = keyEnd + (/^[ \t]*:/.exec(text.slice(keyEnd))?.[0].length ?? 0);
  const end = pairEnd(pair, text);
  const plain = typeof value !== "object" || value === null || Array.isArray(value);
  const isBlock = (isMap(node) || isSeq(node)) && !node.flow;
  if (inFlow || (plain && !isBlock)) {
    const from = node !== null && (node.range?.[1] ?? 0) > startOf(node) ? startOf(node) : colon;
    const gap = from === colon ? " " : "";
    return text.slice(0, from) + gap + flowText(value) + text.slice(Math.max(end, from));
  }
  const lines = blockLines(key, value);
  const [first = "", ...others] = lines;
  const head = first.slice(first.indexOf(":") + 1);
  const newline = newlineOf(text);
  const body = others.length > 0 ? newline + indented(others, indentAt(text, start), newline) : "";
  // The comment that stays is the one on the key's line: after the colon, or after a value on that line.
  const empty = end <= colon;
  const commentAt = isBlock || empty ? colon : end;
  const comment = /^[ \t]+#[^\r\n]*/.exec(text.slice(commentAt))?.[0] ?? "";
  const rest = isBlock ? lineEnd(text, end) : commentAt + comment.length;
  return text.slice(0, colon) + raw(head) + comment + body + text.slice(rest);
}

/** A new key at the end of a map. */
function added(text: string, map: Node, key: string, value: unknown): string {
  if (!isMap(map)) return text;
  if (map.flow) return addedInFlow(text, map, key, value);
  const last = map.items.at(-1);
  const first = map.items[0];
  if (last === undefined || first === undefined) return atEnd(text, key, value);
  const newline = newlineOf(text);
  const end = lineEnd(text, pairEnd(last, text));
  const lines = indented(blockLines(key, value), indentAt(text, pairStart(first)), newline);
  // At the top a new section is set apart as the others are.
  const apart =
    startOf(map) === 0 || indentAt(text, pairStart(first)) === "" ? sectionGap(text, newline) : "";
  return text.slice(0, end) + newline + apart + lines + text.slice(end);
}

const sectionGap = (text: string, newline: string): string =>
  new RegExp(`${newline}[ \\t]*${newline}`).test(text.trimEnd()) ? newline : "";

function addedInFlow(text: string, map: Node, key: string, value: unknown): string {
  const close = (map.range?.[1] ?? 1) - 1;
  const pair = `${key}: ${flowText(value)}`;
  const inner = text.slice(startOf(map) + 1, close);
  if (inner.trim() === "") return `${text.slice(0, startOf(map) + 1)}${pair}${text.slice(close)}`;
  const space = /\s*$/.exec(inner)?.[0] ?? "";
  const comma = /,\s*$/.test(inner) ? " " : ", ";
  return text.slice(0, close - space.length) + comma + pair + space + text.slice(close);
}

function atEnd(text: string, key: string, value: unknown): string {
  const newline = newlineOf(text);
  const gap = text === "" || text.endsWith("\n") ? "" : newline;
  return text + gap + indented(blockLines(key, value), "", newline) + newline;
}
