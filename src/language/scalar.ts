import { stringify } from "yaml";
import type { Cursor } from "./cursor.ts";

/** A value as it has to be written where the cursor is: quoted only where YAML needs it. */
export function writeScalar(
  value: string | number | boolean,
  cursor: Pick<Cursor, "quote" | "flow">,
): string {
  if (cursor.quote === "'") return String(value).replaceAll("'", "''");
  if (cursor.quote === '"') return JSON.stringify(String(value)).slice(1, -1);
  if (typeof value !== "string") return String(value);
  if (cursor.flow && /[,[\]{}]/.test(value)) return JSON.stringify(value);
  return stringify(value, { lineWidth: 0, version: "1.2" }).trimEnd();
}

/** Text for a place where the editor reads snippets. */
export const inSnippet = (text: string): string => text.replace(/[\\$}]/g, "\\$&");
