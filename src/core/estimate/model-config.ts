/**
 * Reads a model folder's `config.json` (or an adapter's) into the catalogue's shape record. Text models of
 * the usual layout and the known families; anything else is refused in a sentence.
 */
import type { Architecture, Family, ModelRecord, Moe } from "./architecture.ts";

export interface LocalQuantisation {
  readonly fourBit: boolean;
  /** Share of the matrices that the repository's skip list keeps in 16 bit. */
  readonly keptShare: number;
}

export type ReadModelConfig =
  | {
      readonly record: ModelRecord;
      readonly quantisation: LocalQuantisation | null;
      readonly assumed: readonly string[];
    }
  /** An adapter: the model it belongs to. */
  | { readonly base: string }
  | { readonly cannot: string };

type Json = Readonly<Record<string, unknown>>;

const HAND_KERNELS = new Set(["llama", "mistral", "gemma", "gemma2", "qwen2", "qwen3"]);
/** Families whose layers are not those of an ordinary decoder; only the catalogue knows them. */
const SPECIAL: Readonly<Record<string, Family>> = {
  gpt_oss: "gpt_oss",
  llama4_text: "llama4",
  openelm: "openelm",
};
const UNKNOWN_LAYOUT =
  /^(mllama|glm4_moe|deepseek|qwen3_5|qwen3_next|gemma3n|gemma4|granitemoehybrid|lfm2|nemotron_h|mamba|falcon_h1|rwkv|jamba|bert|t5|whisper|clip)/;

export function readModelConfig(json: unknown): ReadModelConfig {
  if (!isJson(json)) return { cannot: "config.json of the model is not an object" };
  const base = json["base_model_name_or_path"];
  if (typeof base === "string") return { base };
  const text = isJson(json["text_config"]) ? json["text_config"] : json;
  const type = string(text["model_type"]) ?? string(json["model_type"]) ?? "unknown";
  if (UNKNOWN_LAYOUT.test(type))
    return { cannot: `models of type ${type} are estimated from the catalogue only` };
  const arch = type === "openelm" ? openelm(text) : decoder(text, type);
  if ("cannot" in arch) return arch;
  const family = SPECIAL[type] ?? "decoder";
  const assumed =
    text === json ? [] : ["The vision part of the model is not counted: its size is not in config.json."];
  const name = string(json["_name_or_path"]) ?? type;
  return {
    record: { id: name, display: name, type, family, arch, path: HAND_KERNELS.has(type) ? "A" : "B" },
    quantisation: quantisation(json["quantization_config"], arch),
    assumed,
  };
}

const WIDTHS = ["hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size"] as const;

function decoder(text: Json, type: string): Architecture | { cannot: string } {
  for (const name of WIDTHS) {
    const value = text[name];
    if (!isCount(value))
      return { cannot: `${name} in config.json is ${show(value)}, not a positive whole number` };
  }
  const hidden = count(text["hidden_size"]);
  const heads = count(text["num_attention_heads"]);
  const moe = moeOf(text);
  const width = count(text["intermediate_size"]);
  if (width === 0 && moe === null)
    return {
      cannot: `intermediate_size in config.json is ${show(text["intermediate_size"])}, not a positive whole number`,
    };
  const kvHeads = count(text["num_key_value_heads"]) || heads;
  const headDim = count(text["head_dim"]) || hidden / heads;
  if (!Number.isInteger(headDim))
    return { cannot: `hidden_size ${hidden} is not a multiple of ${heads} attention heads` };
  const bias = text["attention_bias"] === true;
  return {
    hidden_size: hidden,
    num_hidden_layers: count(text["num_hidden_layers"]),
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    head_dim: headDim,
    intermediate_size: width,
    vocab_size: count(text["vocab_size"]),
    tie_word_embeddings: tied(text, type),
    max_position_embeddings: count(text["max_position_embeddings"]) || 2048,
    ...(bias || type.startsWith("qwen2") ? { qkv_bias: true } : {}),
    ...(bias && type !== "qwen2" ? { o_bias: true } : {}),
    ...queryKeyNorm(type),
    ...(type === "gemma2" || type.startsWith("gemma3") ? { norms_per_layer: 4 } : {}),
    ...(type === "gpt_oss" ? { attn_sinks: true, qkv_bias: true, o_bias: true } : {}),
    ...(moe ? { moe } : {}),
  };
}

/** The default of transformers' configuration classes where the file leaves it out. */
function tied(text: Json, type: string): boolean {
  const said = text["tie_word_embeddings"];
  return typeof said === "boolean" ? said : type.startsWith("gemma");
}

function queryKeyNorm(type: string): Partial<Architecture> {
  if (type.startsWith("qwen3") || type.startsWith("gemma3")) return { qk_norm: "head" };
  return type === "olmo2" || type === "olmo3" ? { qk_norm: "full" } : {};
}

function moeOf(text: Json): Moe | null {
  const experts =
    count(text["num_local_experts"]) || count(text["num_experts"]) || count(text["n_routed_experts"]);
  if (experts === 0) return null;
  const width = count(text["moe_intermediate_size"]) || count(text["intermediate_size"]);
  const shared = count(text["shared_expert_intermediate_size"]);
  return {
    num_experts: experts,
    num_experts_per_tok: count(text["num_experts_per_tok"]) || 1,
    intermediate_size: width,
    ...(shared ? { shared_intermediate_size: shared, shared_gate: true } : {}),
    ...(count(text["interleave_moe_layer_step"])
      ? { interleave_step: count(text["interleave_moe_layer_step"]) }
      : {}),
  };
}

function openelm(text: Json): Architecture | { cannot: string } {
  const hidden = count(text["model_dim"]);
  const layers = count(text["num_transformer_layers"]);
  const headDim = count(text["head_dim"]);
  const vocab = count(text["vocab_size"]);
  if (!hidden || !layers || !headDim || !vocab)
    return { cannot: "config.json of this OpenELM model lacks its sizes" };
  return {
    hidden_size: hidden,
    num_hidden_layers: layers,
    num_attention_heads: 0,
    num_key_value_heads: 0,
    head_dim: headDim,
    intermediate_size: 0,
    vocab_size: vocab,
    tie_word_embeddings: text["share_input_output_layers"] !== false,
    max_position_embeddings: count(text["max_context_length"]) || 2048,
    num_gqa_groups: count(text["num_gqa_groups"]) || 1,
    qkv_multipliers: pair(text["qkv_multipliers"], [0.5, 1]),
    ffn_multipliers: pair(text["ffn_multipliers"], [0.5, 4]),
    ffn_dim_divisor: count(text["ffn_dim_divisor"]) || 256,
  };
}

function pair(value: unknown, otherwise: readonly [number, number]): readonly [number, number] {
  if (!Array.isArray(value)) return otherwise;
  const ends: readonly unknown[] = [value[0], value.at(-1)];
  const [low, high] = ends;
  return typeof low === "number" && typeof high === "number" ? [low, high] : otherwise;
}

/** The skip list of a 4-bit folder names modules such as `model.layers.3.mlp`, or whole parts. */
function quantisation(value: unknown, arch: Architecture): LocalQuantisation | null {
  if (!isJson(value)) return null;
  const fourBit = value["load_in_4bit"] === true || value["bnb_4bit_quant_type"] === "nf4";
  const skipped = Array.isArray(value["llm_int8_skip_modules"]) ? value["llm_int8_skip_modules"] : [];
  return { fourBit, keptShare: skippedShare(skipped, arch) };
}

function skippedShare(skipped: readonly unknown[], arch: Architecture): number {
  const h = arch.hidden_size;
  const q = arch.num_attention_heads * arch.head_dim;
  const k = arch.num_key_value_heads * arch.head_dim;
  const i = arch.intermediate_size;
  const sizes: Readonly<Record<string, number>> = {
    q_proj: h * q,
    k_proj: h * k,
    v_proj: h * k,
    o_proj: h * q,
    gate_proj: h * i,
    up_proj: h * i,
    down_proj: h * i,
    self_attn: 2 * h * (q + k),
    mlp: 3 * h * i,
  };
  const whole = arch.num_hidden_layers * (2 * h * (q + k) + 3 * h * i);
  let kept = 0;
  for (const name of skipped) {
    if (typeof name !== "string" || !/layers\.\d+\./.test(name) || name.includes("vision")) continue;
    kept += sizes[name.split(".").at(-1) ?? ""] ?? 0;
  }
  return whole > 0 ? Math.min(1, kept / whole) : 0;
}

const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const string = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
/** Larger than any model's, so that a typing error is not multiplied on. */
const LARGEST = 1e8;
const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value > 0 && value < LARGEST;
const count = (value: unknown): number => (isCount(value) ? value : 0);
const show = (value: unknown): string => (value === undefined ? "missing" : JSON.stringify(value));
