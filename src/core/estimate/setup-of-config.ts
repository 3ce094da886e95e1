/** From a resolved config to the numbers of the memory model. */
import type { DatasetFact, Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import type { Cannot } from "./cannot.ts";
import { hasBf16, type Card } from "./card.ts";
import { knowsOptimiser } from "./optimiser.ts";
import { rowLengths, type RowLengths } from "./row-lengths.ts";
import type { Setup, WeightMethod } from "./setup.ts";
import type { ModelSource } from "./model-source.ts";
import type { ModelShape } from "./shape.ts";

/** How long rows are taken to be: as long as the config allows, or as long as the data's are. */
export type RowBasis = "full" | "data";

export function setupOf(
  config: ResolvedConfig,
  source: ModelSource,
  facts: Facts,
  card: Card | null,
  basis: RowBasis,
): Setup | Cannot {
  const { model, lora, training } = config;
  const { shape } = source;
  const method = weightMethod(config);
  if (!knowsOptimiser(training.optim))
    return { cannot: `the memory of optim ${training.optim} is not known` };
  const sequence = model.max_seq_length;
  const batch = training.per_device_train_batch_size;
  const paddingFree = isPaddingFree(config, shape);
  const lengths = basis === "data" ? rowLengths(datasetFacts(config, facts), sequence) : null;
  const pairs = training.method === "dpo" || training.method === "orpo" ? 2 : 1;
  const tokens = pairs * microBatch(batch, sequence, training.packing, paddingFree, lengths);
  const fp32Compute = training.bf16 === false && training.fp16 === false;
  const fp32 = model.dtype === "float32" || (method === "full" && !hasBf16(card));
  const { gpus, strategy } = devices(config, facts);
  const modules = new Set([...(lora?.modules_to_save ?? []), ...namedTargets(config)]);
  return {
    method,
    objective: training.method,
    batch,
    sequence,
    tokens,
    sequences: pairs * batch,
    accumulation: training.gradient_accumulation_steps,
    maxSequence: sequence,
    checkpointing: checkpointing(config),
    optimiser: training.optim,
    rank: method === "full" ? 0 : (lora?.r ?? 0),
    targets: lora?.target_modules === "all-linear" ? "all-linear" : new Set(namedTargets(config)),
    layerShare: layerShare(config, shape),
    dropout: lora?.lora_dropout ?? 0,
    biases: lora !== null && lora.bias !== "none",
    dora: lora?.use_dora ?? false,
    trainsEmbedding: modules.has("embed_tokens"),
    trainsHead: modules.has("lm_head"),
    kept: method === "qlora" ? (source.fourBit?.kept ?? 0) : 0,
    prequantised: method === "qlora" && source.fourBit !== null,
    activationBytes: fp32 || fp32Compute ? 4 : 2,
    weightBytes: fp32 ? 4 : 2,
    paddingFree,
    attention: attention(model.attn_implementation),
    offloadEmbedding: model.offload_embedding,
    vllmShare: vllmShare(training.grpo),
    // Adapters are switched off for the reference; a model trained in full needs a second one.
    referenceWeights: method === "full" && (training.method === "dpo" || training.method === "kto"),
    gpus,
    strategy,
    forcedLossChunks: null,
  };
}

function weightMethod(config: ResolvedConfig): WeightMethod {
  if (config.model.full_finetuning || config.lora === null) return "full";
  if (config.model.load_in_4bit) return "qlora";
  return config.model.load_in_8bit ? "lora8" : "lora16";
}

function vllmShare(grpo: ResolvedConfig["training"]["grpo"]): number {
  const share = grpo?.["vllm_gpu_memory_utilization"];
  return grpo?.["use_vllm"] === true && typeof share === "number" ? Math.min(1, Math.max(0, share)) : 0;
}

function namedTargets(config: ResolvedConfig): readonly string[] {
  const targets = config.lora?.target_modules ?? [];
  return targets === "all-linear" ? [] : targets;
}

function checkpointing(config: ResolvedConfig): Setup["checkpointing"] {
  const asked = config.model.use_gradient_checkpointing;
  if (asked === "unsloth") return "unsloth";
  return asked ? "plain" : "none";
}

function attention(asked: string | null): Setup["attention"] {
  if (asked?.startsWith("flash_attention")) return "flash";
  return asked === "xformers" ? "xformers" : "sdpa";
}

/** Unsloth's own choice where the config leaves it open. */
function isPaddingFree(config: ResolvedConfig, shape: ModelShape): boolean {
  const asked = config.training.padding_free;
  if (asked !== "auto") return asked;
  return shape.tower === 0 && !shape.hybrid && shape.type !== "gemma2" && shape.type !== "gpt_oss";
}

function layerShare(config: ResolvedConfig, shape: ModelShape): number {
  const { layers_to_transform: chosen, finetune_last_n_layers: last } = config.lora ?? {};
  const count = chosen?.length ?? last ?? shape.layers;
  return Math.min(1, Math.max(0, count / shape.layers));
}

/** Tokens of the largest micro-batch. Padded batches are as wide as their longest row. */
function microBatch(
  batch: number,
  sequence: number,
  packing: boolean,
  paddingFree: boolean,
  lengths: RowLengths | null,
): number {
  if (packing || lengths === null) return batch * sequence;
  return paddingFree ? lengths.longest + (batch - 1) * lengths.long : batch * lengths.longest;
}

export function datasetFacts(config: ResolvedConfig, facts: Facts): DatasetFact[] {
  const found: DatasetFact[] = [];
  for (const { input } of config.dataset) {
    const path = input === null ? undefined : config.locals[input]?.path;
    const fact = path === undefined ? undefined : facts.datasets?.[path];
    if (fact) found.push(fact);
  }
  return found;
}

function devices(config: ResolvedConfig, facts: Facts): Pick<Setup, "gpus" | "strategy"> {
  const { target, local, modal } = config.compute;
  const gpus =
    target === "modal" ? modalCount(modal?.["gpu"]) : localCount(local.gpus, facts.gpus?.length ?? 1);
  if (gpus < 2) return { gpus: 1, strategy: "single" };
  return { gpus, strategy: local.strategy === "balanced" ? "balanced" : "ddp" };
}

function localCount(asked: ResolvedConfig["compute"]["local"]["gpus"], there: number): number {
  if (asked === "auto") return 1;
  return asked === "all" ? there : asked.length;
}

/** "A100-80GB:2" asks for two. */
function modalCount(gpu: unknown): number {
  const count = typeof gpu === "string" ? Number.parseInt(gpu.split(":")[1] ?? "1", 10) : 1;
  return Number.isFinite(count) && count > 0 ? count : 1;
}
