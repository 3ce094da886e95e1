import type { MarkupContent } from "vscode-languageserver-types";

// TEMPORARY until core/config/docs.ts exists.
export const keyMarkdown = (path: string): MarkupContent => ({ kind: "markdown", value: path });
export const sentenceOf = (_path: string): string => "";
export const defaultOf = (_path: string): unknown => undefined;
export const valueSentence = (_path: string, _value: unknown): string | undefined => undefined;
