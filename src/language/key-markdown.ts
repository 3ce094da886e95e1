import type { MarkupContent } from "vscode-languageserver-types";
import { allDocs, type KeyDoc } from "../core/config/docs.ts";

/** Made once: a list of completions asks for forty of them at a time. */
const DOCS: ReadonlyMap<string, KeyDoc> = new Map(allDocs().map((doc) => [doc.path, doc]));

/** The documentation of a key by its dotted path, in the forms that completion and hover want it in. */
export const docOf = (path: string): KeyDoc | undefined => DOCS.get(path);

export function keyMarkdown(path: string): MarkupContent | undefined {
  const doc = DOCS.get(path);
  return doc && { kind: "markdown", value: doc.markdown };
}

export const sentenceOf = (path: string): string | undefined => DOCS.get(path)?.sentence;

/** Undefined where there is none, or where it depends on other keys. */
export const defaultOf = (path: string): unknown => DOCS.get(path)?.default;

export const valueSentence = (path: string, value: unknown): string | undefined =>
  DOCS.get(path)?.values.find((each) => each.value === value)?.sentence;
