/** A value where text is expected. */
import { good, refuse, type Notes, type Outcome } from "./row.ts";

const HALF_PAIR = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Half a surrogate pair would stop every tokenizer. */
export const wellFormed = (text: string): string =>
  /[\ud800-\udfff]/.test(text) ? text.replace(HALF_PAIR, "\ufffd") : text;

/** Text as it is, numbers and booleans as their text with a note; anything else is refused. */
export function textOf(value: unknown, place: string, notes: Notes): Outcome<string> {
  if (typeof value === "string") return good(wellFormed(value));
  if (typeof value === "number" || typeof value === "boolean") {
    notes.set("value-as-text", `${place} is a ${typeof value}; it is taken as text.`);
    return good(String(value));
  }
  if (value === null || value === undefined) return refuse("value-missing", `${place} is missing or null.`);
  return refuse("value-type", `${place} is ${kindOf(value)} where text is expected.`);
}

export const kindOf = (value: unknown): string => {
  if (Array.isArray(value)) return "a list";
  if (value === null) return "null";
  return typeof value === "object" ? "an object" : typeof value === "string" ? "text" : `a ${typeof value}`;
};

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A list as it is, or one written as JSON text (cells of CSV); undefined for anything else. */
export function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== "string" || !value.trimStart().startsWith("[")) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
