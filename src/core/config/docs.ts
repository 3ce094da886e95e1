/** The documentation of every key: hover, completion and the JSON schema read it from here. */
import { COMPUTE_TEXTS, LOCAL_TEXTS, MODAL_TEXTS, SAVE_TEXTS } from "./docs/compute.ts";
import { DATASET_TEXTS } from "./docs/dataset.ts";
import { defaultOf } from "./docs/default-of.ts";
import { LORA_TEXTS } from "./docs/lora.ts";
import { DPO_TEXTS, GRPO_TEXTS, KTO_TEXTS, ORPO_TEXTS } from "./docs/methods.ts";
import { MODEL_TEXTS } from "./docs/model.ts";
import type { Effect, KeyText } from "./docs/text.ts";
import { TOP_TEXTS } from "./docs/top.ts";
import { TRAINING_TEXTS } from "./docs/training.ts";
import { ALL_KEYS, keyAt } from "./keys.ts";

export interface KeyDoc {
  /** "training.learning_rate"; list indices are left out. */
  readonly path: string;
  /** What it takes: "a number above 0 and up to 1". */
  readonly type: string;
  /** A plain value, or undefined when there is none or it depends on other keys. */
  readonly default: unknown;
  /** The default in words, where it depends on other keys. */
  readonly defaultNote: string | undefined;
  readonly sentence: string;
  /** Everything, for a hover. */
  readonly markdown: string;
  /** The Unsloth, PEFT or TRL argument. */
  readonly becomes: string;
  /** Words and switches that are allowed, with a sentence where there is one. */
  readonly values: readonly { readonly value: string | boolean; readonly sentence: string | undefined }[];
  /** YAML. */
  readonly example: string;
  readonly effect: Effect;
}

const SECTIONS: Readonly<Record<string, Readonly<Record<string, KeyText>>>> = {
  "": TOP_TEXTS,
  model: MODEL_TEXTS,
  lora: LORA_TEXTS,
  dataset: DATASET_TEXTS,
  eval_dataset: DATASET_TEXTS,
  training: TRAINING_TEXTS,
  "training.dpo": DPO_TEXTS,
  "training.orpo": ORPO_TEXTS,
  "training.kto": KTO_TEXTS,
  "training.grpo": GRPO_TEXTS,
  save: SAVE_TEXTS,
  compute: COMPUTE_TEXTS,
  "compute.local": LOCAL_TEXTS,
  "compute.modal": MODAL_TEXTS,
};

function textOf(path: string): KeyText | undefined {
  const cut = path.lastIndexOf(".");
  const section = SECTIONS[cut < 0 ? "" : path.slice(0, cut)];
  const name = path.slice(cut + 1);
  return section && Object.hasOwn(section, name) ? section[name] : undefined;
}

const inline = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.join(", ")}]`
    : typeof value === "string" && value === ""
      ? '""'
      : String(value);

function effectLine({ memory, speed, quality }: Effect): string {
  const parts = [
    ["Memory", memory],
    ["Speed", speed],
    ["Quality", quality],
  ].filter(([, text]) => text !== "none");
  return parts.map(([name, text]) => `**${name}** ${text}`).join(" · ");
}

function markdownOf(doc: Omit<KeyDoc, "markdown">, more: string | undefined): string {
  const values = doc.values.filter((each) => each.sentence !== undefined);
  const fallback = doc.defaultNote ?? (doc.default === undefined ? undefined : `\`${inline(doc.default)}\``);
  return [
    `**${doc.path}**: ${doc.sentence}`,
    more,
    values.map(({ value, sentence }) => `- \`${String(value)}\` ${sentence ?? ""}`).join("\n"),
    effectLine(doc.effect),
    `Takes ${doc.type}.${fallback === undefined ? "" : ` Default: ${fallback}.`} Becomes ${doc.becomes}.`,
    `\`\`\`yaml\n${doc.example}\n\`\`\``,
  ]
    .filter((part) => part !== undefined && part !== "")
    .join("\n\n");
}

/** The documentation of a key by its dotted path without list indices; undefined for an unknown key. */
export function describe(path: string): KeyDoc | undefined {
  const key = keyAt(path);
  const text = textOf(path);
  if (key === undefined || text === undefined) return undefined;
  const doc = {
    path,
    type: key.takes,
    default: defaultOf(path),
    defaultNote: text.defaultNote,
    sentence: text.sentence,
    becomes: text.becomes,
    values: key.values.map((value) => ({
      value,
      sentence:
        text.values && Object.hasOwn(text.values, String(value)) ? text.values[String(value)] : undefined,
    })),
    example: text.example,
    effect: text.effect,
  };
  return { ...doc, markdown: markdownOf(doc, text.more) };
}

/** Names of the keys of a section; empty for a plain key. "" is the top of the file. */
export const keysOf = (path: string): readonly string[] => [...(keyAt(path)?.children?.keys() ?? [])];

/** The documentation of every key. */
export const allDocs = (): KeyDoc[] =>
  ALL_KEYS.map((key) => describe(key.path)).filter((doc) => doc !== undefined);
