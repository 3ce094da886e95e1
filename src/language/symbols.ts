import type { TextDocument } from "vscode-languageserver-textdocument";
import { SymbolKind, type DocumentSymbol } from "vscode-languageserver-types";
import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { ParsedConfig } from "../core/config/parse.ts";
import type { ConfigPath } from "../core/config/problem.ts";
import { isSecretKey, secretShape } from "../core/config/secrets.ts";
import { keyText } from "../core/config/locate.ts";
import { toRange } from "./range.ts";

/** The outline: every key with its value, lists by their items. */
export function symbols(document: TextDocument, parsed: ParsedConfig): DocumentSymbol[] {
  return childrenOf(parsed.document.contents, [], document, parsed);
}

function childrenOf(
  node: unknown,
  path: ConfigPath,
  document: TextDocument,
  parsed: ParsedConfig,
): DocumentSymbol[] {
  if (isMap(node)) {
    // Keys that are given twice are one symbol: the one that counts.
    const names = [...new Set(node.items.flatMap((pair) => keyText(pair) ?? []))].filter(
      (name) => name !== "",
    );
    return names.flatMap((name) => {
      const pair = node.items.findLast((each) => keyText(each) === name);
      return symbolOf(name, pair?.value, [...path, name], document, parsed);
    });
  }
  if (!isSeq(node) || !node.items.some(isMap)) return [];
  return node.items.flatMap((item, index) =>
    symbolOf(itemName(item, index), item, [...path, index], document, parsed),
  );
}

function symbolOf(
  name: string,
  value: unknown,
  path: ConfigPath,
  document: TextDocument,
  parsed: ParsedConfig,
): DocumentSymbol[] {
  const whole = parsed.spanOf(path, "item");
  const key = parsed.spanOf(path, typeof path.at(-1) === "number" ? "value" : "key");
  if (whole === undefined || key === undefined) return [];
  const span = { start: Math.min(whole.start, key.start), end: Math.max(whole.end, key.end) };
  return [
    {
      name,
      detail: isSecretKey(name) ? "" : detailOf(value),
      kind: kindOf(value),
      range: toRange(document, span),
      selectionRange: toRange(document, key),
      children: childrenOf(value, path, document, parsed),
    },
  ];
}

/** A list item by what tells it from its neighbours. */
function itemName(item: unknown, index: number): string {
  if (!isMap(item)) return isScalar(item) ? String(item.value) : String(index + 1);
  for (const key of ["path", "method", "name"]) {
    const value = item.get(key);
    if (typeof value === "string" && value !== "") return value;
  }
  return String(index + 1);
}

function detailOf(value: unknown): string {
  if (isScalar(value)) {
    const text = value.value === null ? "" : String(value.value);
    // The outline stays on screens and in screenshots longer than the text does.
    return secretShape(text) === undefined ? text.slice(0, 80) : "";
  }
  if (isAlias(value)) return `*${value.source}`;
  if (isSeq(value)) return value.items.every(isScalar) ? value.items.map(String).join(", ") : "";
  return "";
}

function kindOf(value: unknown): SymbolKind {
  if (isMap(value)) return SymbolKind.Module;
  if (isSeq(value)) return SymbolKind.Array;
  const scalar = isScalar(value) ? value.value : null;
  if (typeof scalar === "number") return SymbolKind.Number;
  if (typeof scalar === "boolean") return SymbolKind.Boolean;
  return scalar === null ? SymbolKind.Null : SymbolKind.String;
}
