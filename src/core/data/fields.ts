/** The columns of one record by role. */
import { isBlank } from "./blank.ts";
import type { RoleColumns } from "./formats.ts";
import { good, type Message, type Notes, type Outcome } from "./row.ts";
import { textOf } from "./text-value.ts";

export interface Fields {
  get(role: string): unknown;
  has(role: string): boolean;
  /** What to call the column in a sentence. */
  place(role: string): string;
  readonly notes: Notes;
}

export const fieldsOf = (
  record: Readonly<Record<string, unknown>>,
  columns: RoleColumns,
  notes: Notes,
): Fields => ({
  get(role) {
    const column = columns[role];
    return column !== undefined && Object.hasOwn(record, column) ? record[column] : undefined;
  },
  has: (role) => columns[role] !== undefined,
  place: (role) => `column ${columns[role] ?? role}`,
  notes,
});

export const requiredText = (fields: Fields, role: string): Outcome<string> =>
  textOf(fields.get(role), fields.place(role), fields.notes);

/** "" where the column or its value is missing. */
export function optionalText(fields: Fields, role: string): Outcome<string> {
  const value = fields.get(role);
  return value === null || value === undefined ? good("") : requiredText(fields, role);
}

/** Puts the text of the system column first, unless a system message is there already. */
export function withSystem(messages: readonly Message[], fields: Fields): Outcome<readonly Message[]> {
  const system = optionalText(fields, "system");
  if (!system.ok) return system;
  if (isBlank(system.value) || messages.some((message) => message.role === "system")) return good(messages);
  return good([{ role: "system", content: system.value }, ...messages]);
}
