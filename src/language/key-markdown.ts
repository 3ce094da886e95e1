import type { MarkupContent } from "vscode-languageserver-types";
import { describe } from "../core/config/docs.ts";

/** The documentation of a key by its dotted path, in the forms that completion and hover want it in. */
export function keyMarkdown(path: string): MarkupContent | undefined {
  const doc = describe(path);
  return doc && { kind: "markdown", value: doc.markdown };
}

export const sentenceOf = (path: string): string | undefined => describe(path)?.sentence;

/** Undefined where there is none, or where it depends on other keys. */
export const defaultOf = (path: string): unknown => describe(path)?.default;

export const valueSentence = (path: string, value: unknown): string | undefined =>
  describe(path)?.values.find((each) => each.value === value)?.sentence;
