/** Rows that a tokenizer made already: token ids and, if wanted, labels of the same length. */
import type { Fields } from "./fields.ts";
import { good, refuse, type Outcome } from "./row.ts";
import { listOf } from "./text-value.ts";

export interface TokenRow {
  readonly input_ids: readonly number[];
  readonly labels?: readonly number[];
}

export function tokensOf(fields: Fields): Outcome<TokenRow> {
  const ids = wholeNumbers(fields, "input_ids", 0);
  if (!ids.ok) return ids;
  if (ids.value.length === 0) return refuse("text-empty", `${fields.place("input_ids")} is an empty list.`);
  const hasLabels = fields.get("labels") !== undefined && fields.get("labels") !== null;
  if (!hasLabels) return good({ input_ids: ids.value });
  // -100 marks what is not trained.
  const labels = wholeNumbers(fields, "labels", -100);
  if (!labels.ok) return labels;
  if (labels.value.length !== ids.value.length) {
    return refuse("tokens-invalid", `${labels.value.length} labels for ${ids.value.length} token ids.`);
  }
  return good({ input_ids: ids.value, labels: labels.value });
}

function wholeNumbers(fields: Fields, role: string, least: number): Outcome<readonly number[]> {
  const value = fields.get(role);
  if (value === null || value === undefined) {
    return refuse("value-missing", `${fields.place(role)} is missing or null.`);
  }
  const numbers = listOf(value)?.filter(
    (item): item is number => Number.isInteger(item) && Number(item) >= least,
  );
  if (numbers === undefined || numbers.length !== listOf(value)?.length) {
    return refuse("tokens-invalid", `${fields.place(role)} is no list of token ids.`);
  }
  return good(numbers);
}
