/** What one notch of a setting costs in memory: the figures beside the lines of the file. */
import type { ConfigPath } from "../config/problem.ts";
import type { Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import { size } from "../units.ts";
import { isCannot } from "./cannot.ts";
import type { Card } from "./card.ts";
import { estimate } from "./estimate.ts";
import { modelSource } from "./model-source.ts";

export interface Notch {
  /** The line that moves the memory. */
  readonly path: ConfigPath;
  readonly to: unknown;
  /** Against the config as it is; negative: less. */
  readonly delta_bytes: number;
  /** "+0.9 GB at 4096" */
  readonly text: string;
}

interface Move {
  readonly path: ConfigPath;
  readonly to: unknown;
  readonly words: string;
  readonly config: ResolvedConfig;
}

/** Less than this is noise on a line. */
const WORTH_SAYING = 30 * 2 ** 20;

export function notches(config: ResolvedConfig, facts: Facts, card: Card | null): Notch[] {
  const source = modelSource(config, facts);
  if (isCannot(source)) return [];
  const used = (of: ResolvedConfig): number | null => {
    const found = estimate(of, { facts, card, source, rows: "full" });
    return isCannot(found) ? null : found.used_bytes;
  };
  const now = used(config);
  if (now === null) return [];
  return moves(config).flatMap(({ path, to, words, config: moved }) => {
    const after = used(moved);
    if (after === null || Math.abs(after - now) < WORTH_SAYING) return [];
    const sign = after > now ? "+" : "−";
    return [{ path, to, delta_bytes: after - now, text: `${sign}${size(Math.abs(after - now))} ${words}` }];
  });
}

function moves(config: ResolvedConfig): Move[] {
  const { model, training, lora } = config;
  const found: Move[] = [
    {
      path: ["model", "max_seq_length"],
      to: 2 * model.max_seq_length,
      words: `at ${2 * model.max_seq_length}`,
      config: { ...config, model: { ...model, max_seq_length: 2 * model.max_seq_length } },
    },
    {
      path: ["training", "per_device_train_batch_size"],
      to: training.per_device_train_batch_size + 1,
      words: "each",
      config: {
        ...config,
        training: { ...training, per_device_train_batch_size: training.per_device_train_batch_size + 1 },
      },
    },
  ];
  if (lora !== null)
    found.push({
      path: ["lora", "r"],
      to: 2 * lora.r,
      words: `at ${2 * lora.r}`,
      config: { ...config, lora: { ...lora, r: 2 * lora.r } },
    });
  if (training.optim !== "adamw_8bit")
    found.push({
      path: ["training", "optim"],
      to: "adamw_8bit",
      words: "with adamw_8bit",
      config: { ...config, training: { ...training, optim: "adamw_8bit" } },
    });
  const checkpointing = model.use_gradient_checkpointing === "unsloth" ? false : "unsloth";
  found.push({
    path: ["model", "use_gradient_checkpointing"],
    to: checkpointing,
    words: `with ${checkpointing === false ? "none" : checkpointing}`,
    config: { ...config, model: { ...model, use_gradient_checkpointing: checkpointing } },
  });
  return found;
}
