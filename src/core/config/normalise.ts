/** A file's values with texts written out to sections: `model: x` is `model: {name: x}`. */
import { isAlias, isMap, visit as visitNodes, type Document } from "yaml";
import { keyText } from "./locate.ts";
import { isMapping, type Mapping } from "./value.ts";

const dataset = (value: unknown): unknown => {
  if (typeof value === "string") return { path: value };
  return Array.isArray(value)
    ? value.map((item: unknown) => (typeof item === "string" ? { path: item } : item))
    : value;
};

export function normalise(value: unknown): Mapping {
  if (!isMapping(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (key === "model" && typeof each === "string") return [key, { name: each }];
      if (key === "dataset" || key === "eval_dataset") return [key, dataset(each)];
      return [key, each];
    }),
  );
}

/** Top-level keys whose value is only there to be copied: it has an anchor, and an alias uses it. */
export function anchorSections(document: Document): ReadonlySet<string> {
  if (!isMap(document.contents)) return new Set();
  const used = new Set<string>();
  visitNodes(document, {
    Alias(_, alias) {
      used.add(alias.source);
    },
  });
  if (used.size === 0) return used;
  const found = new Set<string>();
  for (const pair of document.contents.items) {
    const key = keyText(pair);
    if (key === undefined || isAlias(pair.value)) continue;
    let anchored = false;
    visitPairValue(pair.value, (anchor) => {
      anchored ||= used.has(anchor);
    });
    if (anchored) found.add(key);
  }
  return found;
}

function visitPairValue(value: unknown, seen: (anchor: string) => void): void {
  if (typeof value !== "object" || value === null) return;
  if ("anchor" in value && typeof value.anchor === "string") seen(value.anchor);
  if ("items" in value && Array.isArray(value.items))
    for (const item of value.items) visitPairValue(item, seen);
  if ("value" in value) visitPairValue(value.value, seen);
}
