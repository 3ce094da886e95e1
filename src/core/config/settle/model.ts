import type { ResolvedConfig } from "../../run/plan.ts";
import { EMBEDDED_MODEL, EMBEDDED_MODEL_ID, MEMORY_DEFAULTS, MODEL_DEFAULTS } from "../defaults.ts";
import { looksLocal } from "../paths.ts";
import type { Draft, ModelInput } from "../schema.ts";
import { addLocal, type SettleContext } from "./context.ts";

export const isEmbedded = (name: string | undefined): boolean => name?.toLowerCase() === EMBEDDED_MODEL;

type LoadingMode = "load_in_4bit" | "load_in_8bit" | "load_in_16bit" | "full_finetuning";

/**
 * The one loading mode that holds. Unsloth loads 4-bit unless told otherwise, and so do we, except for
 * the embedded model, which a CPU trains in 16-bit mode. `load_in_4bit: false` alone means 16-bit LoRA.
 */
export function loadingMode(model: ModelInput | undefined): LoadingMode {
  if (model?.full_finetuning) return "full_finetuning";
  if (model?.load_in_4bit) return "load_in_4bit";
  if (model?.load_in_8bit) return "load_in_8bit";
  if (model?.load_in_16bit || model?.load_in_4bit === false || isEmbedded(model?.name))
    return "load_in_16bit";
  return "load_in_4bit";
}

/** The embedded model on this machine trains on its CPU; everything else is meant for a GPU. */
export const memoryDefaults = (draft: Draft) =>
  isEmbedded(draft.model?.name) && draft.compute?.target !== "modal"
    ? MEMORY_DEFAULTS.embedded
    : MEMORY_DEFAULTS.gpu;

const isLocalModel = (context: SettleContext, name: string): boolean =>
  !isEmbedded(name) &&
  (looksLocal(name) || context.kindOf(context.locate(["model", "name"], name)) === "folder");

export function settleModel(context: SettleContext, draft: Draft, name: string): ResolvedConfig["model"] {
  const model = draft.model ?? {};
  const mode = loadingMode(model);
  const memory = memoryDefaults(draft);
  const local = isLocalModel(context, name);
  return {
    name: isEmbedded(name) ? EMBEDDED_MODEL_ID : name,
    input: local ? addLocal(context, "model", ["model", "name"], name, "folder") : null,
    embedded: isEmbedded(name) ? EMBEDDED_MODEL : null,
    revision: model.revision ?? null,
    max_seq_length: model.max_seq_length ?? MODEL_DEFAULTS.max_seq_length,
    dtype: model.dtype ?? memory.dtype,
    load_in_4bit: mode === "load_in_4bit",
    load_in_8bit: mode === "load_in_8bit",
    load_in_16bit: mode === "load_in_16bit",
    full_finetuning: mode === "full_finetuning",
    use_exact_model_name: model.use_exact_model_name ?? MODEL_DEFAULTS.use_exact_model_name,
    trust_remote_code: model.trust_remote_code ?? MODEL_DEFAULTS.trust_remote_code,
    attn_implementation: model.attn_implementation ?? null,
    offload_embedding: model.offload_embedding ?? memory.offload_embedding,
    rope_scaling: model.rope_scaling ?? null,
    use_gradient_checkpointing: model.use_gradient_checkpointing ?? memory.use_gradient_checkpointing,
    adapter_mode: model.adapter_mode ?? null,
  };
}
