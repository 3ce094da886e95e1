/** Which parser reads the file: the content decides, the extension only where the content leaves it open. */
import { csv } from "./csv.ts";
import type { Entry, EntryParser } from "./entry.ts";
import { jsonLines } from "./json-lines.ts";
import { jsonList } from "./json-list.ts";
import type { Line } from "./lines.ts";
import { plainText } from "./plain-text.ts";

export type Shape = "jsonl" | "json" | "csv" | "tsv" | "txt";

export const DATA_EXTENSIONS = ["jsonl", "ndjson", "json", "csv", "tsv", "txt", "md"] as const;

/** "data/chats.jsonl.gz" → "jsonl"; "" where there is none. */
export function extensionOf(name: string): string {
  const plain = name.toLowerCase().replace(/\.(gz|gzip)$/, "");
  return /\.([a-z0-9]+)$/.exec(plain)?.[1] ?? "";
}

export interface ShapeFound {
  readonly shape: Shape;
  /** The extension says another kind. */
  readonly mismatch: boolean;
}

/** A heading in brackets begins many a text; a bracket alone, or one before an object, begins a list of rows. */
const LIST_OF_ROWS = /^\[\s*(?:\{|$)/;

/** `first`: the first line that is not blank. */
export function shapeOf(name: string, first: Line): ShapeFound | Entry {
  const extension = extensionOf(name);
  const text = first.text.trimStart();
  const isTable = extension === "csv" || extension === "tsv";
  const isText = extension === "txt" || extension === "md";
  if (isTable || isText) {
    if (isObject(text)) return { shape: "jsonl", mismatch: true };
    if (LIST_OF_ROWS.test(text)) return { shape: "json", mismatch: true };
    if (isTable) return { shape: extension, mismatch: false };
    return { shape: "txt", mismatch: false };
  }
  if (text.startsWith("["))
    return { shape: "json", mismatch: extension === "jsonl" || extension === "ndjson" };
  if (text.startsWith("{") || first.fault) return { shape: "jsonl", mismatch: false };
  return {
    line: first.number,
    code: "json-not-rows",
    message: `Rows of JSON start with { or [, this line starts with ${JSON.stringify(text.slice(0, 12))}. Rename the file if it is .csv, .tsv or .txt.`,
  };
}

export function parserOf(shape: Shape, maxSeqLength: number): EntryParser {
  switch (shape) {
    case "jsonl":
      return jsonLines();
    case "json":
      return jsonList();
    case "csv":
      return csv(null);
    case "tsv":
      return csv("\t");
    case "txt":
      return plainText(maxSeqLength);
  }
}

function isObject(line: string): boolean {
  if (!line.startsWith("{")) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
