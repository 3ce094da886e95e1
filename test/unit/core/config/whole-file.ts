/** Fragments of configs completed to whole ones, for tests. */
import { validate, type SeverityOverrides, type Validation } from "../../../../src/core/config/validate.ts";
import type { Facts } from "../../../../src/core/facts.ts";

/** The fragment with a model and data where it names none; a broken fragment stays as it is. */
export function completed(fragment: string): string {
  const needs = (key: string): boolean => !new RegExp(`^${key}:`, "m").test(fragment);
  // The examples of these two are the absence.
  if (fragment === "dataset: chats.jsonl" || fragment === "model: unsloth/Llama-3.2-1B-Instruct")
    return `${fragment}\n`;
  const model = needs("model") ? "model: unsloth/Llama-3.2-1B-Instruct\n" : "";
  const data = needs("dataset") ? "dataset: chats.jsonl\n" : "";
  return `${model}${data}${fragment}\n`;
}

const PATH = "/project/example.finetune.yaml";

export const validateText = (
  text: string,
  facts: Facts = {},
  overrides: SeverityOverrides = {},
): Validation =>
  validate(text, { path: PATH, read: () => ({ missing: "there is no such file" }) }, facts, overrides);
