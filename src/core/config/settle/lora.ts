import type { ResolvedConfig } from "../../run/plan.ts";
import { LORA_DEFAULTS } from "../defaults.ts";
import type { Draft } from "../schema.ts";
import { loadingMode } from "./model.ts";

/** Adapters, or null when the whole model is trained. */
export function settleLora(draft: Draft): ResolvedConfig["lora"] {
  if (loadingMode(draft.model) === "full_finetuning") return null;
  const { target_modules: targets, ...defaults } = LORA_DEFAULTS;
  const lora = draft.lora ?? {};
  return {
    ...defaults,
    ...lora,
    target_modules: lora.target_modules ?? [...targets],
  };
}
