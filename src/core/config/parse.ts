/** Text → tree with places. The only reader of YAML in the project. */
import { isMap, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import { scanAliases } from "./aliases.ts";
import { nestsWithoutEnd } from "./depth.ts";
import { nearestPlace, placeOf, positionAt, spanOfPlace, type Part, type Position } from "./locate.ts";
import type { ConfigPath, Problem, Span } from "./problem.ts";
import { syntaxProblems } from "./syntax.ts";
import { repairTabs } from "./tabs.ts";

/** Characters that a config may have. */
export const LONGEST_CONFIG = 1_000_000;

export interface ParsedConfig {
  readonly text: string;
  /** The tree, in offsets of `source`: use `spanOf` for offsets of `text`. */
  readonly document: Document;
  /** `text` with indenting tabs replaced; equal to `text` in a file without them. */
  readonly source: string;
  readonly toOriginal: (offset: number) => number;
  /** Plain values with aliases and merge keys written out; null for an empty or unreadable file. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Undefined when the file does not name the path itself. */
  spanOf(path: ConfigPath, at?: Part): Span | undefined;
  /** The span of the deepest part of the path that the file names: always inside the text. */
  nearestSpan(path: ConfigPath, at?: Part): Span;
  pathAt(offset: number): Position;
  /** 1-based line of an offset. */
  lineAt(offset: number): number;
}

interface Read {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly problems: Problem[];
  readonly value: unknown;
}

const problem = (code: string, message: string, span: Span): Problem => ({
  code,
  severity: "error",
  message,
  path: [],
  span,
});

const OPTIONS = {
  version: "1.2",
  schema: "core",
  merge: true,
  // Duplicates are found by scanAliases: the library compares every pair of keys.
  uniqueKeys: false,
  prettyErrors: false,
  // "silent" would also keep quiet about several documents.
  logLevel: "error",
} as const;

function readDocument(text: string): { document: Document; lines: LineCounter; tooDeep: boolean } {
  const tooDeep = nestsWithoutEnd(text);
  const lines = new LineCounter();
  return { document: parseDocument(tooDeep ? "" : text, { ...OPTIONS, lineCounter: lines }), lines, tooDeep };
}

function read(text: string): Read {
  const { document, lines, tooDeep } = readDocument(text);
  const start = { start: 0, end: Math.min(1, text.length) };
  if (tooDeep) {
    const problems = [
      problem("too-deep", "The file nests deeper than any config does. It is not read.", start),
    ];
    return { document, lines, problems, value: null };
  }
  const problems = syntaxProblems(document.errors, text, lines);
  const aliases = scanAliases(document, lines);
  problems.push(...aliases.problems);
  if (aliases.tooLarge) {
    const message = "The aliases of this file expand to more than any config needs. Write the values out.";
    return { document, lines, problems: [...problems, problem("alias-bomb", message, start)], value: null };
  }
  try {
    return { document, lines, problems, value: document.toJS({ maxAliasCount: -1 }) };
  } catch (error) {
    const message =
      error instanceof Error && /[Mm]erge/.test(error.message)
        ? "A merge key (<<) takes a section, or a list of sections: <<: *anchor."
        : `The values of this file cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
    return { document, lines, problems: [...problems, problem("yaml-syntax", message, start)], value: null };
  }
}

function shapeProblem(parsed: Read, text: string): Problem | undefined {
  if (parsed.problems.length > 0) return undefined;
  const all = { start: 0, end: text.length };
  if (parsed.document.contents === null || parsed.value === null) {
    return problem("empty-file", "The file is empty. A config needs at least a model and a dataset.", all);
  }
  if (!isMap(parsed.document.contents)) {
    return problem(
      "not-a-config",
      "A config is a set of sections: model, lora, dataset, training, save, compute.",
      all,
    );
  }
  return undefined;
}

/** Reads one config. Never throws: whatever is wrong is in `problems`, one for each fault. */
export function parse(text: string): ParsedConfig {
  const tooLong = text.length > LONGEST_CONFIG;
  const raw = read(tooLong ? "" : text);
  // A tab inside a block of text is content; only a file that does not parse is repaired.
  const repair = repairTabs(text, !tooLong && raw.problems.length > 0);
  const result = repair.tabs.length > 0 ? read(repair.text) : raw;
  const { document, lines } = result;
  const back = (span: Span): Span => {
    const start = Math.min(repair.toOriginal(span.start), text.length);
    const end = Math.min(repair.toOriginal(span.end), text.length);
    // The range of a block ends with its last line break; what people see does not.
    const seen = start + text.slice(start, end).trimEnd().length;
    if (seen > start) return { start, end: seen };
    // Nothing to see there, at the end of the file or of a line: the character before stands for it.
    return { start: Math.max(0, Math.min(start, end - 1)), end };
  };
  const problems: Problem[] = [];
  if (tooLong) {
    const size = Math.round(text.length / 1_000_000);
    const message = `The file has about ${size} million characters; a config is read up to one million. Data belongs in a dataset file.`;
    problems.push(problem("file-too-large", message, { start: 0, end: 1 }));
  } else {
    const shape = shapeProblem(result, text);
    if (repair.tabs.length > 0) problems.push(tabProblem(text, repair.tabs));
    const found = [...result.problems, ...(shape ? [shape] : [])];
    problems.push(...found.map((each) => placed(withPath(each, document, repair.text), back)));
  }
  return {
    text,
    source: repair.text,
    document,
    toOriginal: repair.toOriginal,
    value: result.value ?? null,
    problems,
    spanOf(path, at = "value") {
      const place = placeOf(document, path);
      const span = place && spanOfPlace(place, at);
      return span && back(span);
    },
    nearestSpan(path, at = "value") {
      const { place, depth } = nearestPlace(document, path);
      // A missing key is shown at the name of the section that lacks it, not over all its lines;
      // `model: x` has no section, and its text is what is meant.
      const whole = depth === path.length || place.pair === null || isText(place.node);
      const span = spanOfPlace(place, whole ? at : "key");
      if (depth === 0 && path.length > 0) return firstLine(text);
      return span ? back(span) : firstLine(text);
    },
    pathAt: (offset) => positionAt(document, repair.toRepaired(offset)),
    lineAt: (offset) => lines.linePos(repair.toRepaired(offset)).line,
  };
}

const isText = (node: unknown): boolean => isScalar(node) && node.value !== null;

function firstLine(text: string): Span {
  const end = text.indexOf("\n");
  return { start: 0, end: end < 0 ? text.length : end };
}

/** A fault of syntax belongs to the key or value that it stands in; an open quote is shown where it opens. */
function withPath(each: Problem, document: Document, source: string): Problem {
  if (!each.span || each.path.length > 0) return each;
  const { path } = positionAt(document, each.span.start);
  const start = placeOf(document, path)?.node?.range?.[0];
  if (start === undefined || !/never closed/.test(each.message)) return { ...each, path };
  const line = source.indexOf("\n", start);
  return { ...each, path, span: { start, end: line < 0 ? source.length : line } };
}

function placed(each: Problem, back: (span: Span) => Span): Problem {
  const fixes = each.fixes?.map((fix) => ({
    ...fix,
    edits: fix.edits.map((edit) => (edit.kind === "text" ? { ...edit, span: back(edit.span) } : edit)),
  }));
  return { ...each, ...(each.span ? { span: back(each.span) } : {}), ...(fixes ? { fixes } : {}) };
}

function tabProblem(text: string, tabs: readonly number[]): Problem {
  const first = tabs[0] ?? 0;
  let end = first;
  while (text[end] === "\t") end++;
  return {
    code: "tab-indent",
    severity: "error",
    message: "A tab cannot indent YAML. Use two spaces.",
    path: [],
    span: { start: first, end },
    fixes: [
      {
        title: "Replace tabs by two spaces in the whole file",
        preferred: true,
        edits: tabs.map((at) => ({ kind: "text", span: { start: at, end: at + 1 }, text: "  " })),
      },
    ],
  };
}
