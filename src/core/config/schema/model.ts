import * as z from "zod";
import { flag, freeform, section, text, whole } from "./section.ts";

export const ATTENTION = [
  "eager",
  "sdpa",
  "flash_attention_2",
  "flash_attention_3",
  "flex_attention",
] as const;

export const modelSection = section({
  name: text,
  revision: text,
  max_seq_length: whole(1),
  dtype: z.enum(["auto", "bfloat16", "float16", "float32"]),
  load_in_4bit: flag,
  load_in_8bit: flag,
  load_in_16bit: flag,
  full_finetuning: flag,
  use_gradient_checkpointing: z.union([z.literal("unsloth"), flag]),
  use_exact_model_name: flag,
  trust_remote_code: flag,
  attn_implementation: z.enum(ATTENTION),
  offload_embedding: z.union([flag, z.literal("auto")]),
  rope_scaling: freeform,
  adapter_mode: z.enum(["continue", "merge_then_new"]),
});
