/** `extends`: deep merge, lists replace, alternatives replace each other, null removes. */
import { isMapping, withoutPath, at, type Mapping } from "./value.ts";
import type { ConfigPath } from "./problem.ts";

const LOADING = ["load_in_4bit", "load_in_8bit", "load_in_16bit", "full_finetuning"];

interface Alternative {
  /** Said by the file that extends … */
  readonly said: ConfigPath;
  /** … and only when it says this. */
  readonly is?: true;
  /** … these of the extended file no longer hold. */
  readonly drops: readonly ConfigPath[];
}

const ALTERNATIVES: readonly Alternative[] = [
  ...LOADING.map((mode): Alternative => ({
    said: ["model", mode],
    is: true,
    drops: LOADING.filter((other) => other !== mode).map((other) => ["model", other]),
  })),
  { said: ["model", "full_finetuning"], is: true, drops: [["lora"]] },
  { said: ["lora"], drops: [["model", "full_finetuning"]] },
  { said: ["training", "max_steps"], drops: [["training", "num_train_epochs"]] },
  { said: ["training", "num_train_epochs"], drops: [["training", "max_steps"]] },
  { said: ["eval_dataset"], drops: [["dataset", "test_size"]] },
  { said: ["dataset", "test_size"], drops: [["eval_dataset"]] },
];

function withoutReplaced(under: Mapping, over: Mapping): Mapping {
  let kept: unknown = under;
  for (const { said, is, drops } of ALTERNATIVES) {
    const value = at(over, said);
    if (value === undefined || value === null || (is && value !== true)) continue;
    for (const path of drops) kept = withoutPath(kept, path);
  }
  return isMapping(kept) ? kept : {};
}

function mergeValues(under: unknown, over: unknown): unknown {
  if (!isMapping(under) || !isMapping(over)) return over;
  const keys = new Set([...Object.keys(under), ...Object.keys(over)]);
  return Object.fromEntries(
    [...keys].map((key) => {
      if (!Object.hasOwn(over, key)) return [key, under[key]];
      return [key, Object.hasOwn(under, key) ? mergeValues(under[key], over[key]) : over[key]];
    }),
  );
}

/** `over` laid upon `under`. */
export function merge(under: Mapping, over: Mapping): Mapping {
  const merged = mergeValues(withoutReplaced(under, over), over);
  return isMapping(merged) ? merged : {};
}
