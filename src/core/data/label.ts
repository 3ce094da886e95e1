/** Thumbs up or down, as files write it. */
import { good, refuse, type Outcome } from "./row.ts";
import { kindOf } from "./text-value.ts";

const TRUE: readonly unknown[] = [true, 1, "true", "True", "TRUE", "1"];
const FALSE: readonly unknown[] = [false, 0, "false", "False", "FALSE", "0"];

export const isLabel = (value: unknown): boolean => TRUE.includes(value) || FALSE.includes(value);

export function labelOf(value: unknown, place: string): Outcome<boolean> {
  if (value === null || value === undefined) return refuse("value-missing", `${place} is missing or null.`);
  if (!isLabel(value))
    return refuse("label-invalid", `${place} is ${kindOf(value)} that is neither true nor false.`);
  return good(TRUE.includes(value));
}
