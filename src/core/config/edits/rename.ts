import type { ParsedConfig } from "../parse.ts";
import type { ConfigPath } from "../problem.ts";
import { ownPlace, pairStart, toNode } from "./tree.ts";

/** The text with the key at `path` called `to`. */
export function renamed(parsed: ParsedConfig, path: ConfigPath, to: string): string {
  const { pair, depth } = ownPlace(parsed.document, path);
  const text = parsed.source;
  if (pair === null || depth !== path.length) return text;
  const start = pairStart(pair);
  const end = toNode(pair.key)?.range?.[1] ?? start;
  return text.slice(0, start) + to + text.slice(end);
}
