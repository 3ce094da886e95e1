import * as z from "zod";
import { flag, oneOrMany, section, text } from "./section.ts";

/** Names that llama.cpp's quantiser and Unsloth know and that need no importance matrix. */
const QUANTIZATIONS = [
  "q4_k_m",
  "q5_k_m",
  "q8_0",
  "q6_k",
  "f16",
  "bf16",
  "f32",
  "q2_k",
  "q2_k_l",
  "q3_k_l",
  "q3_k_m",
  "q3_k_s",
  "q3_k_xs",
  "q4_0",
  "q4_1",
  "q4_k",
  "q4_k_s",
  "q5_0",
  "q5_1",
  "q5_k",
  "q5_k_s",
  "not_quantized",
  "fast_quantized",
  "quantized",
] as const;

export const saveSection = section({
  method: z.enum(["merged_16bit", "merged_4bit", "gguf"]),
  quantization_method: oneOrMany(z.enum(QUANTIZATIONS)),
  push_to_hub: text,
  private: flag,
  overwrite: flag,
});
