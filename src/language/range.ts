import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Range } from "vscode-languageserver-types";
import type { Span } from "../core/config/problem.ts";

export const toRange = (document: TextDocument, span: Span): Range => ({
  start: document.positionAt(span.start),
  end: document.positionAt(span.end),
});

/** A text without its document: another file of the `extends` chain. */
export function rangeIn(text: string, span: Span): Range {
  return { start: positionIn(text, span.start), end: positionIn(text, span.end) };
}

function positionIn(text: string, offset: number): Range["start"] {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

export const contains = (span: Span, offset: number): boolean => offset >= span.start && offset <= span.end;

export const overlaps = (a: Span, b: Span): boolean => a.start <= b.end && b.start <= a.end;
