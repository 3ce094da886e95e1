/** Edits in terms of the tree → changes of the text, with comments, style and indentation kept. */
import { applyTextEdits, lineHunks, type TextEdit } from "./edits/hunks.ts";
import { deleted } from "./edits/delete.ts";
import { inserted } from "./edits/set.ts";
import { renamed } from "./edits/rename.ts";
import { parse, type ParsedConfig } from "./parse.ts";
import type { Edit, Span } from "./problem.ts";

export type { TextEdit } from "./edits/hunks.ts";

const ORDER = { rename: 0, set: 1 } as const;

function textOnly(edits: readonly Edit[]): TextEdit[] {
  const found = edits.flatMap((edit) => (edit.kind === "text" ? [{ span: edit.span, text: edit.text }] : []));
  // Two fixes may both want the same change, never two different ones of the same place.
  const apart: TextEdit[] = [];
  let end = -1;
  for (const edit of found.toSorted((a, b) => a.span.start - b.span.start)) {
    if (edit.span.start < end) continue;
    apart.push(edit);
    end = Math.max(edit.span.end, edit.span.start);
  }
  return apart;
}

/** The text after one edit of the tree; unchanged when its place is gone. */
function edited(text: string, edit: Edit): string {
  const parsed = parse(text);
  switch (edit.kind) {
    case "set":
      return inserted(parsed, edit.path, edit.value);
    case "delete":
      return deleted(parsed, edit.path);
    case "rename":
      return renamed(parsed, edit.path, edit.to);
    case "text":
      return text;
  }
}

/** The whole text after all `edits`: values are set before keys go, so that sections are not emptied and remade. */
export function applyEdits(parsed: ParsedConfig, edits: readonly Edit[]): string {
  const start = applyTextEdits(parsed.text, textOnly(edits));
  const ofTree = edits.filter((edit) => edit.kind !== "text");
  const kept = ofTree.filter((edit) => edit.kind !== "delete");
  // Later items of a list go first: no index shifts before its turn.
  const gone = ofTree.filter((edit) => edit.kind === "delete").toReversed();
  return [...kept.toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind]), ...gone].reduce(edited, start);
}

/** The smallest whole-line changes that carry out `edits`, in offsets of `parsed.text`, in order, not overlapping. */
export function textEdits(parsed: ParsedConfig, edits: readonly Edit[]): { span: Span; text: string }[] {
  if (edits.every((edit) => edit.kind === "text")) return textOnly(edits);
  return lineHunks(parsed.text, applyEdits(parsed, edits));
}
