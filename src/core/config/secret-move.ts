/** What the quick fix of a secret hands to its command: where the secret stands, and how the text looks without it. */
import * as z from "zod";
import { parse } from "./parse.ts";
import { at } from "./value.ts";

const position = z.object({ line: z.int(), character: z.int() });

const placeSchema = z.object({
  path: z.array(z.union([z.string(), z.number()])),
  characters: z.object({ start: z.int(), end: z.int() }).optional(),
});

export const secretMoveSchema = z.object({
  uri: z.string(),
  /** Of the document, as the language server saw it. */
  version: z.int(),
  place: placeSchema,
  edits: z.array(z.object({ range: z.object({ start: position, end: position }), newText: z.string() })),
});
export type SecretMove = z.infer<typeof secretMoveSchema>;

/** The secret at a place of the text; undefined when there is none (any more). */
export function secretAt(text: string, { path, characters }: SecretMove["place"]): string | undefined {
  if (characters !== undefined) return text.slice(characters.start, characters.end) || undefined;
  const value = at(parse(text).value, path);
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  return String(value).trim() || undefined;
}
