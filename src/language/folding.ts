import type { TextDocument } from "vscode-languageserver-textdocument";
import { FoldingRangeKind, type FoldingRange } from "vscode-languageserver-types";
import { visit } from "yaml";
import type { ParsedConfig } from "../core/config/parse.ts";

/** Sections, list items, texts of several lines, runs of comments and `# region` pairs. */
export function folding(document: TextDocument, parsed: ParsedConfig): FoldingRange[] {
  const lines = document.getText().split(/\r\n|\n|\r/);
  const found = new Map<number, FoldingRange>();
  const add = (startLine: number, endLine: number, kind?: FoldingRangeKind): void => {
    let end = Math.min(endLine, lines.length - 1);
    // Blank lines and comments behind the last value belong to what follows.
    if (kind === undefined) while (end > startLine && /^\s*(?:#.*)?$/.test(lines[end] ?? "")) end--;
    const known = found.get(startLine);
    if (end > startLine && (known === undefined || known.endLine < end)) {
      found.set(startLine, { startLine, endLine: end, ...(kind === undefined ? {} : { kind }) });
    }
  };
  const lineOf = (offset: number): number => document.positionAt(parsed.toOriginal(offset)).line;

  visit(parsed.document, {
    Pair(_, pair) {
      const key = rangeOf(pair.key);
      const value = rangeOf(pair.value);
      if (key && value) add(lineOf(key[0]), lineOf(value[1] - 1));
    },
    Seq(_, list) {
      for (const item of list.items) {
        const range = rangeOf(item);
        if (range) add(lineOf(range[0]), lineOf(range[1] - 1));
      }
    },
  });
  comments(lines, add);
  return [...found.values()].toSorted((a, b) => a.startLine - b.startLine);
}

function comments(
  lines: readonly string[],
  add: (start: number, end: number, kind: FoldingRangeKind) => void,
): void {
  const regions: number[] = [];
  let run = -1;
  lines.forEach((line, index) => {
    const region = /^\s*#\s*(end)?region\b/.exec(line);
    if (region !== null) {
      const start = region[1] === undefined ? undefined : regions.pop();
      if (start !== undefined) add(start, index, FoldingRangeKind.Region);
      if (region[1] === undefined) regions.push(index);
    }
    const isComment = region === null && /^\s*#/.test(line);
    if (isComment && run === -1) run = index;
    const next = lines[index + 1] ?? "";
    if (run !== -1 && (!isComment || !/^\s*#(?!\s*(?:end)?region\b)/.test(next))) {
      if (isComment && index > run) add(run, index, FoldingRangeKind.Comment);
      run = -1;
    }
  });
}

function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range))
    return undefined;
  const [start, end, after] = node.range as unknown[];
  return typeof start === "number" && typeof end === "number" && typeof after === "number"
    ? [start, end, after]
    : undefined;
}
