import * as z from "zod";
import { flag, freeform, section, text, whole } from "./section.ts";

/** `pissa_niter_4` and its like name the number of iterations. */
const pissaIterations = z
  .string()
  .regex(/^pissa_niter_[1-9]\d*$/)
  .describe("pissa_niter_ with a number");

const INITS = [
  "gaussian",
  "eva",
  "olora",
  "pissa",
  "corda",
  "loftq",
  "orthogonal",
  "lora_ga",
  "mica",
] as const;

export const loraSection = section({
  r: whole(1),
  lora_alpha: z.number().gt(0),
  lora_dropout: z.number().min(0).lt(1),
  bias: z.enum(["none", "all", "lora_only"]),
  target_modules: z.union([z.literal("all-linear"), z.array(text).min(1)]),
  use_rslora: flag,
  use_dora: flag,
  init_lora_weights: z.union([flag, z.enum(INITS), pissaIterations]),
  loftq_config: freeform,
  modules_to_save: z.array(text).min(1),
  layers_to_transform: z.array(whole(0)).min(1),
  layers_pattern: text,
  finetune_last_n_layers: whole(1),
  target_parameters: z.array(text).min(1),
  random_state: z.int(),
});
