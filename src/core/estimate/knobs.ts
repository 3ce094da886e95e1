/** Settings that lower memory, in order of what they cost in quality. Each turn is an edit of the config. */
import type { Edit } from "../config/problem.ts";
import type { Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import { rowLengths } from "./row-lengths.ts";
import { datasetFacts } from "./setup-of-config.ts";

/** One setting turned one or more notches. */
export interface Turn {
  readonly title: string;
  readonly edits: readonly Edit[];
  readonly config: ResolvedConfig;
}

/** All turns of one setting, mildest first; empty where it is at its end. */
export type Knob = (config: ResolvedConfig, facts: Facts) => readonly Turn[];

const set = (path: readonly string[], value: unknown): Edit => ({ kind: "set", path, value });
const drop = (path: readonly string[]): Edit => ({ kind: "delete", path });

const training = (config: ResolvedConfig, change: Partial<ResolvedConfig["training"]>): ResolvedConfig => ({
  ...config,
  training: { ...config.training, ...change },
});
const model = (config: ResolvedConfig, change: Partial<ResolvedConfig["model"]>): ResolvedConfig => ({
  ...config,
  model: { ...config.model, ...change },
});

/** Trains the same: fewer rows at a time, more times. */
const batchToAccumulation: Knob = (config) => {
  const { per_device_train_batch_size: batch, gradient_accumulation_steps: accumulation } = config.training;
  const turns: Turn[] = [];
  for (let smaller = batch - 1; smaller >= 1; smaller--) {
    if ((batch * accumulation) % smaller !== 0) continue;
    const more = (batch * accumulation) / smaller;
    turns.push({
      title: `Batch ${batch} → ${smaller}, accumulation ${accumulation} → ${more}`,
      edits: [
        set(["training", "per_device_train_batch_size"], smaller),
        set(["training", "gradient_accumulation_steps"], more),
      ],
      config: training(config, { per_device_train_batch_size: smaller, gradient_accumulation_steps: more }),
    });
  }
  return turns;
};

/** Trains the same, a quarter to a third slower where it was off. */
const checkpointing: Knob = (config) =>
  config.model.use_gradient_checkpointing === "unsloth"
    ? []
    : [
        {
          title: `Checkpointing ${String(config.model.use_gradient_checkpointing)} → unsloth`,
          edits: [set(["model", "use_gradient_checkpointing"], "unsloth")],
          config: model(config, { use_gradient_checkpointing: "unsloth" }),
        },
      ];

const eightBitOptimiser: Knob = (config) =>
  /8bit|adafactor|sgd|4bit/.test(config.training.optim)
    ? []
    : [
        {
          title: `Optimiser ${config.training.optim} → adamw_8bit`,
          edits: [set(["training", "optim"], "adamw_8bit")],
          config: training(config, { optim: "adamw_8bit" }),
        },
      ];

/** Each card computes its own layers, one after the other: the same result, no faster than one card. */
const splitLayers: Knob = (config, facts) => {
  const { target, local } = config.compute;
  const cards = facts.gpus?.length ?? 0;
  const several = local.gpus === "auto" || local.gpus === "all" ? cards : local.gpus.length;
  if (target !== "local" || several < 2 || local.strategy === "balanced") return [];
  const gpus = local.gpus === "auto" ? "all" : local.gpus;
  return [
    {
      title: `Split the layers over ${several} cards (one computes at a time)`,
      edits: [
        ...(gpus === local.gpus ? [] : [set(["compute", "local", "gpus"], gpus)]),
        set(["compute", "local", "strategy"], "balanced"),
      ],
      config: { ...config, compute: { ...config.compute, local: { gpus, strategy: "balanced" } } },
    },
  ];
};

/** Lengths are steps of this many tokens. */
const LENGTH_STEP = 128;
const roundUp = (tokens: number): number =>
  Math.max(LENGTH_STEP, Math.ceil(tokens / LENGTH_STEP) * LENGTH_STEP);

/** Down to the data's longest row loses nothing; to its 95th percentile little. */
const sequenceToData: Knob = (config, facts) => {
  const now = config.model.max_seq_length;
  const lengths = rowLengths(datasetFacts(config, facts), now);
  if (lengths === null) return [];
  const longest = {
    to: roundUp(lengths.longest),
    loss: lengths.exact ? "loses nothing" : "the longest row read",
  };
  const long = { to: roundUp(lengths.long), loss: "95 % of the rows" };
  return [longest, long]
    .filter(({ to }, index, all) => to < now && (index === 0 || to < (all[0]?.to ?? now)))
    .map(({ to, loss }) => sequenceTurn(config, to, loss));
};

const sequenceTurn = (config: ResolvedConfig, to: number, loss: string): Turn => ({
  title: `Sequence ${config.model.max_seq_length} → ${to} (${loss})`,
  edits: [set(["model", "max_seq_length"], to)],
  config: model(config, { max_seq_length: to }),
});

const ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"];

const attentionOnly: Knob = (config) => {
  const { lora } = config;
  if (lora === null || lora.target_modules === "all-linear") return [];
  const kept = lora.target_modules.filter((name) => ATTENTION.includes(name));
  if (kept.length === 0 || kept.length === lora.target_modules.length) return [];
  return [
    {
      title: `Adapters on attention only (${kept.join(", ")})`,
      edits: [set(["lora", "target_modules"], kept)],
      config: { ...config, lora: { ...lora, target_modules: kept } },
    },
  ];
};

const MODES = ["load_in_4bit", "load_in_8bit", "load_in_16bit", "full_finetuning"] as const;

/** Names one loading mode and drops the others, as the config allows exactly one. */
function mode(config: ResolvedConfig, to: (typeof MODES)[number], title: string): Turn {
  const change = Object.fromEntries(MODES.map((name) => [name, name === to]));
  return {
    title,
    edits: [
      ...MODES.filter((name) => name !== to && config.model[name]).map((name) => drop(["model", name])),
      set(["model", to], true),
    ],
    config: { ...model(config, change), lora: config.lora ?? PLAIN_LORA },
  };
}

/** What a config without a `lora` section gets once it trains adapters. */
const PLAIN_LORA: NonNullable<ResolvedConfig["lora"]> = {
  r: 16,
  lora_alpha: 16,
  lora_dropout: 0,
  bias: "none",
  target_modules: [...ATTENTION, "gate_proj", "up_proj", "down_proj"],
  use_rslora: false,
  use_dora: false,
  init_lora_weights: true,
  loftq_config: null,
  modules_to_save: null,
  layers_to_transform: null,
  layers_pattern: null,
  finetune_last_n_layers: null,
  target_parameters: null,
  random_state: 3407,
};

const fewerBits: Knob = (config) => {
  if (config.model.load_in_4bit) return [];
  if (!config.model.full_finetuning) return [mode(config, "load_in_4bit", "Weights in 4 bit")];
  return [
    mode(config, "load_in_16bit", "Adapters (LoRA) instead of full fine-tuning"),
    mode(config, "load_in_4bit", "Adapters on 4-bit weights (QLoRA) instead of full fine-tuning"),
  ];
};

const SMALLEST_RANK = 8;

const smallerRank: Knob = (config) => {
  const { lora } = config;
  if (lora === null) return [];
  const turns: Turn[] = [];
  for (let rank = Math.floor(lora.r / 2); rank >= SMALLEST_RANK; rank = Math.floor(rank / 2)) {
    const alpha = Math.max(1, Math.round((lora.lora_alpha * rank) / lora.r));
    turns.push({
      title: `Rank ${lora.r} → ${rank}`,
      edits: [set(["lora", "r"], rank), set(["lora", "lora_alpha"], alpha)],
      config: { ...config, lora: { ...lora, r: rank, lora_alpha: alpha } },
    });
  }
  return turns;
};

const SHORTEST = 512;

/** The last resort: longer rows are split or dropped. */
const shorterSequence: Knob = (config) => {
  const turns: Turn[] = [];
  for (let to = Math.floor(config.model.max_seq_length / 2); to >= SHORTEST; to = Math.floor(to / 2))
    turns.push(sequenceTurn(config, to, "longer rows are split or dropped"));
  return turns;
};

/** In order of what they cost in quality; where two cost the same, the one that costs less time first. */
export const KNOBS: readonly Knob[] = [
  batchToAccumulation,
  checkpointing,
  eightBitOptimiser,
  splitLayers,
  sequenceToData,
  attentionOnly,
  fewerBits,
  smallerRank,
  shorterSequence,
];
