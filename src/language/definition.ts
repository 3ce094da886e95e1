import type { Location } from "vscode-languageserver-types";
import { isAlias, isMap, isScalar, isSeq, visit, type Node } from "yaml";
import type { ParsedConfig } from "../core/config/parse.ts";
import type { Span } from "../core/config/problem.ts";
import type { Analysis } from "./analysis.ts";
import { namedPlaces } from "./places.ts";
import { contains, rangeIn } from "./range.ts";

const TOP = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/**
 * A file that the cursor is on; the anchor of an alias; or, on a key, where the files that this one
 * extends set it: what the key overrides here, nearest first.
 */
export function definition(
  { parsed, resolution, document, world }: Analysis,
  offset: number,
  uriOf: (place: string) => string,
): Location[] {
  const anchor = anchorOf(parsed, offset);
  if (anchor !== null) return [{ uri: document.uri, range: rangeIn(parsed.text, anchor) }];

  const { path, part } = parsed.pathAt(offset);
  if (part === "value") {
    const span = parsed.spanOf(path, "value");
    const named =
      span && contains(span, offset) && namedPlaces(resolution).find((each) => isAt(each.path, path));
    if (named && named.role !== "model" && world.facts.paths?.[named.place] !== "missing" && named.local) {
      return [{ uri: uriOf(named.place), range: TOP }];
    }
  }
  if (part === "none" || path.length === 0) return [];
  return resolution.chain.slice(1).flatMap((link) => {
    const span = link.parsed.spanOf(path, "key");
    return span === undefined ? [] : [{ uri: uriOf(link.path), range: rangeIn(link.parsed.text, span) }];
  });
}

/** `dataset: rows.jsonl` in the text is `dataset.path` in the merged config. */
const isAt = (named: readonly (string | number)[], written: readonly (string | number)[]): boolean =>
  written.every((step, index) => named[index] === step) && named.length - written.length <= 1;

function anchorOf(parsed: ParsedConfig, offset: number): Span | null {
  const here = (node: Node): boolean =>
    node.range !== null &&
    node.range !== undefined &&
    contains({ start: parsed.toOriginal(node.range[0]), end: parsed.toOriginal(node.range[1]) }, offset);
  let name: string | undefined;
  let found: Span | null = null;
  visit(parsed.document, {
    Alias(_, alias) {
      if (here(alias)) name = alias.source;
    },
  });
  if (name === undefined) return null;
  visit(parsed.document, (_, node) => {
    if (isAlias(node) || !(isMap(node) || isSeq(node) || isScalar(node))) return;
    if (node.anchor !== name || !node.range) return;
    // The range of a node begins behind its anchor; the name is what a reader wants to see.
    const start = parsed.source.lastIndexOf(`&${name}`, node.range[0]);
    const from = start === -1 ? node.range[0] : start;
    found = { start: parsed.toOriginal(from), end: parsed.toOriginal(from + (name?.length ?? 0) + 1) };
  });
  return found;
}
