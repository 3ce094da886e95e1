/** What lies beside a config and trains without it: recognised by name and by the beginning of its text. */

/** A file is looked at by its beginning only: imports and first keys stand there. */
export const NEIGHBOUR_BYTES = 8 * 1024;
/** Files of a folder that are opened; a folder with more scripts than this is no project of one fine-tune. */
export const MOST_NEIGHBOURS = 20;

export interface Neighbour {
  readonly name: string;
  /** "a plain TRL training script". */
  readonly what: string;
}

/** A longer file is data or generated, and where only whole files can be read it would be read whole. */
export const LONGEST_NEIGHBOUR = 256 * 1024;

/** Names worth opening: scripts and configs of other trainers. */
export const mayBeNeighbour = (name: string): boolean =>
  /\.(?:py|ya?ml|json)$/i.test(name) &&
  !/(?:^|\.)finetune\.ya?ml$/i.test(name) &&
  !/^(?:package(?:-lock)?|tsconfig.*|pyproject|docker-compose|compose|setup|conftest|__init__)\./i.test(name);

type Signs = readonly (readonly [what: string, ...all: RegExp[]])[];

const IMPORTS = (library: string): RegExp => new RegExp(`^\\s*(?:from|import)\\s+${library}\\b`, "m");

/** The most telling first: a script of TRL also imports transformers. */
const SCRIPTS: Signs = [
  [
    "a plain TRL training script",
    IMPORTS("trl"),
    /\b(?:SFT|DPO|ORPO|KTO|GRPO|Reward|PPO)(?:Trainer|Config)\b/,
  ],
  ["a plain PEFT training script", IMPORTS("peft"), /\b(?:get_peft_model|LoraConfig)\b/],
  [
    "a plain transformers training script",
    IMPORTS("transformers"),
    /\b(?:Seq2Seq)?Trainer\b|\bTrainingArguments\b/,
  ],
];

const UNSLOTH = IMPORTS("unsloth");

const key = (name: string): RegExp => new RegExp(`^\\s*["']?${name}["']?\\s*:`, "m");

const CONFIGS: Signs = [
  ["a config of Axolotl", key("base_model"), /^\s*["']?(?:datasets|sequence_len|micro_batch_size)["']?\s*:/m],
  ["a config of LLaMA-Factory", key("model_name_or_path"), key("(?:finetuning_type|dataset_dir|stage)")],
  [
    "a config of TRL",
    key("model_name_or_path"),
    key("(?:dataset_name|use_peft|lora_r|per_device_train_batch_size)"),
  ],
];

/** null: nothing that trains. `beginning`: the first `NEIGHBOUR_BYTES` of the file. */
export function neighbour(name: string, beginning: string): Neighbour | null {
  // With Unsloth it is what this config is for, often the script that a run was exported as.
  if (UNSLOTH.test(beginning)) return null;
  const signs = /\.py$/i.test(name) ? SCRIPTS : CONFIGS;
  const found = signs.find(([, ...all]) => all.every((sign) => sign.test(beginning)));
  return found === undefined ? null : { name, what: found[0] };
}
