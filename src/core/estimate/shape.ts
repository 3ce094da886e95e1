/** The dozen numbers and the list of matrices that every part of the estimate works on. */
import type { ModelRecord } from "./architecture.ts";
import { layerKinds, type LayerKind } from "./layer-kinds.ts";
import { towerParameters } from "./vision-tower.ts";

export interface Linear {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** How many of them in the whole model. */
  readonly count: number;
  readonly part: "attention" | "mlp" | "expert" | "mamba" | "other";
}

export interface ModelShape {
  readonly id: string;
  readonly display: string;
  readonly type: string;
  readonly path: "A" | "B";
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Width of the MLP whose activations count: with experts, all that one token passes. */
  readonly mlp: number;
  readonly vocab: number;
  readonly tied: boolean;
  readonly maxPositions: number;
  readonly bias: boolean;
  readonly qkNorm: boolean;
  readonly linears: readonly Linear[];
  /** All parameters, tower included. */
  readonly parameters: number;
  /** Weights of the decoder's matrices, those that are never quantised left out. */
  readonly quantisable: number;
  readonly embedding: number;
  readonly head: number;
  /** Kept in fp32 by full fine-tuning. */
  readonly norms: number;
  readonly tower: number;
  readonly experts: {
    readonly count: number;
    readonly perToken: number;
    readonly width: number;
    readonly layers: number;
    readonly parameters: number;
  } | null;
  /** Layers without ordinary attention: Mamba, gated delta, convolutions. */
  readonly hybrid: boolean;
  /** False: the layout is not known, only the size. */
  readonly modelled: boolean;
}

const ATTENTION = new Set(["q_proj", "k_proj", "v_proj", "o_proj", "qkv_proj"]);
const MLP = /^(shared_)?(gate_proj|up_proj|down_proj|gate_up_proj)$|^proj_[12]$/;

export function shapeOf(record: ModelRecord): ModelShape {
  const { arch } = record;
  const h = arch.hidden_size;
  const kinds = layerKinds(record.family, arch);
  const linears = collectLinears(kinds, record);
  const embedding = arch.vocab_size * h + perLayerEmbedding(record);
  const head = arch.tie_word_embeddings ? 0 : arch.vocab_size * h;
  const router = sum(kinds, (kind) => kind.count * kind.router);
  const norms =
    sum(kinds, (kind) => kind.count * kind.other) + (arch.final_norm === false ? 0 : h) + (arch.ple_dim ?? 0);
  const tower = towerParameters(record.vision, h);
  const matrices = sum(linears, size);
  const modelled = kinds.length > 0;
  return {
    id: record.id,
    display: record.display,
    type: record.type,
    path: record.path,
    hidden: h,
    layers: arch.num_hidden_layers,
    heads: arch.num_attention_heads || widestHeads(linears, arch.head_dim),
    kvHeads:
      arch.num_key_value_heads || Math.ceil(widestHeads(linears, arch.head_dim) / (arch.num_gqa_groups ?? 1)),
    headDim: arch.head_dim,
    mlp: activeWidth(record, linears),
    vocab: arch.vocab_size,
    tied: arch.tie_word_embeddings,
    maxPositions: arch.max_position_embeddings,
    bias: arch.qkv_bias === true,
    qkNorm: arch.qk_norm !== undefined,
    linears,
    parameters: modelled ? matrices + embedding + head + router + norms + tower : (record.parameters ?? 0),
    quantisable: modelled
      ? sum(linears, (linear) => (linear.part === "mamba" ? 0 : size(linear)))
      : (record.parameters ?? 0) - embedding - head,
    embedding,
    head,
    norms,
    tower,
    experts: expertsOf(record, kinds),
    hybrid: kinds.some((kind) => kind.mixer !== "attention"),
    modelled,
  };
}

export const size = (linear: Linear): number => linear.inputs * linear.outputs * linear.count;

function collectLinears(kinds: readonly LayerKind[], record: ModelRecord): Linear[] {
  const found = new Map<string, Linear>();
  const add = (name: string, inputs: number, outputs: number, count: number, part: Linear["part"]): void => {
    const key = `${name} ${inputs} ${outputs} ${part}`;
    found.set(key, { name, inputs, outputs, part, count: count + (found.get(key)?.count ?? 0) });
  };
  for (const kind of kinds) {
    for (const [name, inputs, outputs] of kind.matrices)
      add(name, inputs, outputs, kind.count, partOf(name, kind.mixer));
    for (const [name, inputs, outputs] of kind.experts?.matrices ?? [])
      add(name, inputs, outputs, kind.count * (kind.experts?.count ?? 0), "expert");
  }
  const { arch } = record;
  if (arch.ple_dim)
    add("per_layer_model_projection", arch.hidden_size, arch.num_hidden_layers * arch.ple_dim, 1, "other");
  if (record.family === "gemma3n")
    add(
      "altup_projection",
      arch.hidden_size,
      arch.hidden_size,
      2 * ((arch.altup_num_inputs ?? 1) - 1),
      "other",
    );
  return [...found.values()];
}

function partOf(name: string, mixer: LayerKind["mixer"]): Linear["part"] {
  if (ATTENTION.has(name)) return "attention";
  if (MLP.test(name)) return "mlp";
  if (mixer === "mamba") return "mamba";
  return name === "out_proj" && mixer === "attention" ? "attention" : "other";
}

/** Gemma 3n and 4 keep a small embedding a layer beside the ordinary one. */
const perLayerEmbedding = ({ arch }: ModelRecord): number =>
  arch.ple_dim ? (arch.ple_vocab_size ?? 0) * arch.num_hidden_layers * arch.ple_dim : 0;

function activeWidth(record: ModelRecord, linears: readonly Linear[]): number {
  const { moe, intermediate_size: width } = record.arch;
  if (moe) return moe.num_experts_per_tok * moe.intermediate_size + (moe.shared_intermediate_size ?? 0);
  if (width) return record.arch.use_double_wide_mlp ? 2 * width : width;
  return Math.max(0, ...linears.filter((linear) => linear.name === "proj_2").map((linear) => linear.inputs));
}

const widestHeads = (linears: readonly Linear[], headDim: number): number =>
  Math.max(
    0,
    ...linears.filter((linear) => linear.name === "out_proj").map((linear) => linear.inputs / headDim),
  );

function expertsOf(record: ModelRecord, kinds: readonly LayerKind[]): ModelShape["experts"] {
  const moe = record.arch.moe;
  const layers = sum(kinds, (kind) => (kind.experts ? kind.count : 0));
  if (!moe || layers === 0) return null;
  const parameters = sum(
    kinds,
    (kind) =>
      kind.count *
      (kind.experts?.count ?? 0) *
      sum(kind.experts?.matrices ?? [], ([, inputs, outputs]) => inputs * outputs),
  );
  return {
    count: moe.num_experts,
    perToken: moe.num_experts_per_tok,
    width: moe.intermediate_size,
    layers,
    parameters,
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}
