/** Sections whose keys are handed on as they are: the schema cannot see into them. */
import type { ConfigPath, Problem } from "../problem.ts";
import { bestFix, error, setEdit, type Rule } from "../rule.ts";
import { isMapping } from "../value.ts";

const SECTIONS: readonly ConfigPath[] = [
  ["training", "lr_scheduler_kwargs"],
  ["model", "rope_scaling"],
  ["lora", "loftq_config"],
];

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/** A number in quotes reaches the library as a text, and stops the run at its start. */
export const freeSections: Rule = ({ valueAt }) =>
  SECTIONS.flatMap((section): Problem[] => {
    const value = valueAt(section);
    if (!isMapping(value)) return [];
    return Object.entries(value).flatMap(([key, each]) => {
      if (typeof each !== "string" || !NUMBER.test(each)) return [];
      const path = [...section, key];
      return [
        error("number-as-text", path, {
          message: `${key} is handed on as the text "${each}", and a number is meant: the quotes make it one.`,
          fixes: [bestFix(`Write ${Number(each)}`, setEdit(path, Number(each)))],
        }),
      ];
    });
  });
