import type { TextDocument } from "vscode-languageserver-textdocument";
import type { DocumentLink } from "vscode-languageserver-types";
import type { Facts } from "../core/facts.ts";
import type { ConfigPath, Span } from "../core/config/problem.ts";
import type { ParsedConfig } from "../core/config/parse.ts";
import type { Analysis } from "./analysis.ts";
import { namedPlaces, type NamedPlace } from "./places.ts";
import { toRange } from "./range.ts";

/** Files that the config names, and models and data of the Hub. Only what this file itself writes. */
export function links(
  { document, parsed, resolution, world }: Analysis,
  uriOf: (place: string) => string,
): DocumentLink[] {
  return namedPlaces(resolution).flatMap((named) => {
    if (resolution.originOf(named.path) !== 0) return [];
    const span = spanOf(parsed, named.path);
    const target = span && targetOf(named, world.facts, uriOf);
    return span && target ? [link(document, span, target)] : [];
  });
}

interface Target {
  readonly uri: string;
  readonly tooltip: string;
}

const link = (document: TextDocument, span: Span, { uri, tooltip }: Target): DocumentLink => ({
  range: toRange(document, span),
  target: uri,
  tooltip,
});

/** The shorthand `dataset: rows.jsonl` has its value one level up. */
function spanOf(parsed: ParsedConfig, path: ConfigPath): Span | undefined {
  return parsed.spanOf(path, "value") ?? parsed.spanOf(path.slice(0, -1), "value");
}

function targetOf(named: NamedPlace, facts: Facts, uriOf: (place: string) => string): Target | null {
  const kind = facts.paths?.[named.place];
  if (kind === "file" || (named.role === "config" && kind !== "missing")) {
    return { uri: uriOf(named.place), tooltip: "Open the file" };
  }
  if (kind === "folder") {
    // A folder cannot be opened in an editor; the file that describes a model can.
    if (named.role !== "model" || facts.modelConfigs?.[named.place] === undefined) return null;
    return { uri: uriOf(`${named.place}/config.json`), tooltip: "Open config.json" };
  }
  if (named.local || !/^[\w.-]+\/[\w.-]+$/.test(named.text)) return null;
  const where = named.role === "model" ? "" : named.role === "data" ? "datasets/" : null;
  return where === null
    ? null
    : { uri: `https://huggingface.co/${where}${named.text}`, tooltip: "Open on Hugging Face" };
}
