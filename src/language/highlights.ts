import type { TextDocument } from "vscode-languageserver-textdocument";
import { DocumentHighlightKind, type DocumentHighlight } from "vscode-languageserver-types";
import { isAlias, isMap, isScalar, isSeq, visit, type Node } from "yaml";
import type { ParsedConfig } from "../core/config/parse.ts";
import { contains, toRange } from "./range.ts";

/**
 * An anchor with its aliases, or every place where the same text is a value: a column that several
 * settings name, a module in two lists. Flags and numbers are equal by chance.
 */
export function highlights(
  document: TextDocument,
  parsed: ParsedConfig,
  offset: number,
): DocumentHighlight[] {
  const here = nodeAt(parsed, offset);
  if (here === null) return [];
  const anchor = isAlias(here) ? here.source : here.anchor;
  const text = isScalar(here) ? here.value : undefined;
  const found: DocumentHighlight[] = [];
  const add = (node: Node, kind: DocumentHighlightKind): void => {
    if (!node.range) return;
    const span = { start: parsed.toOriginal(node.range[0]), end: parsed.toOriginal(node.range[1]) };
    found.push({ range: toRange(document, span), kind });
  };
  visit(parsed.document, (key, node) => {
    if (isAlias(node)) {
      if (anchor !== undefined && node.source === anchor) add(node, DocumentHighlightKind.Read);
    } else if (isScalar(node) || isMap(node) || isSeq(node)) {
      if (anchor !== undefined && node.anchor === anchor) add(node, DocumentHighlightKind.Write);
      else if (anchor === undefined && key !== "key" && isScalar(node) && same(node.value, text)) {
        add(node, DocumentHighlightKind.Text);
      }
    }
  });
  return found;
}

const same = (value: unknown, text: unknown): boolean =>
  typeof text === "string" && text !== "" && value === text;

function nodeAt(parsed: ParsedConfig, offset: number): Node | null {
  let found: Node | null = null;
  visit(parsed.document, {
    Node(key, node) {
      if (!node.range || key === "key" || isMap(node) || isSeq(node)) return;
      const span = { start: parsed.toOriginal(node.range[0]), end: parsed.toOriginal(node.range[1]) };
      if (contains(span, offset)) found = node;
    },
  });
  return found ?? anchoredAt(parsed, offset);
}

/** A cursor on `&name` itself: it stands right before its node. */
function anchoredAt(parsed: ParsedConfig, offset: number): Node | null {
  const text = parsed.text;
  let start = offset;
  while (start > 0 && /[^\s,[\]{}]/.test(text[start - 1] ?? " ")) start--;
  const name = /^&([^\s,[\]{}]+)/.exec(text.slice(start))?.[1];
  if (name === undefined) return null;
  let found: Node | null = null;
  visit(parsed.document, {
    Node(_, node) {
      if (!isAlias(node) && node.anchor === name) found = node;
    },
  });
  return found;
}
