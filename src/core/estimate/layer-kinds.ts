/**
 * The decoder layers of a model, equal ones counted once: matrices, experts, everything else.
 * Written from the public architecture descriptions; the counts equal the published ones exactly.
 */
import type { Architecture, Family, Moe } from "./architecture.ts";
import {
  attention,
  gatedDelta,
  gatedMlp,
  mamba,
  shortConvolution,
  type Block,
  type Matrix,
} from "./mixers.ts";
import { openelmLayer } from "./openelm.ts";

export interface LayerKind {
  readonly count: number;
  readonly mixer: "attention" | "mamba" | "delta" | "convolution" | "none";
  readonly matrices: readonly Matrix[];
  readonly experts?: { readonly count: number; readonly matrices: readonly Matrix[] };
  /** Router weights: never quantised, not adapted. */
  readonly router: number;
  readonly other: number;
}

type Layer = Omit<LayerKind, "count">;

/** Kinds in order of their first layer. Families not modelled have none. */
export function layerKinds(family: Family, arch: Architecture): LayerKind[] {
  const kinds = new Map<string, { count: number; layer: Layer }>();
  for (let index = 0; index < arch.num_hidden_layers; index++) {
    const key = kindOf(family, arch, index);
    if (key === null) return [];
    const known = kinds.get(key);
    if (known) known.count++;
    else kinds.set(key, { count: 1, layer: buildLayer(family, arch, index, key) });
  }
  return [...kinds.values()].map(({ count, layer }) => ({ ...layer, count }));
}

/** Layers of one key are equal. */
function kindOf(family: Family, arch: Architecture, index: number): string | null {
  switch (family) {
    case "decoder":
      return arch.moe && !(arch.moe.dense_layers ?? []).includes(index) ? "moe" : "dense";
    case "llama4":
      return arch.moe && (index + 1) % (arch.moe.interleave_step ?? 1) === 0 ? "moe" : "dense";
    case "gpt_oss":
      return "moe";
    case "gemma3n":
      return "dense";
    case "qwen3_5":
      return (index + 1) % (arch.full_attention_interval ?? 1) === 0 ? "full" : "delta";
    case "gemma4": {
      const period = arch.full_attention_layers === "every_6th" ? 6 : 5;
      const shared = index >= arch.num_hidden_layers - (arch.num_kv_shared_layers ?? 0);
      return `${(index + 1) % period === 0 ? "full" : "sliding"}${shared ? "-shared" : ""}`;
    }
    case "granite_hybrid":
    case "lfm2":
      return arch.attention_layers?.includes(index) ? "attention" : "other";
    case "nemotron_h":
      return arch.pattern?.[index] ?? "E";
    case "openelm":
      return String(index);
    case "not_modelled":
      return null;
  }
}

function buildLayer(family: Family, arch: Architecture, index: number, kind: string): Layer {
  const norms = (arch.norms_per_layer ?? 2) * arch.hidden_size;
  switch (family) {
    case "decoder":
    case "llama4":
      return withFeedForward("attention", attention(arch), arch, norms, kind === "moe");
    case "gpt_oss":
      return gptOssLayer(arch, norms);
    case "qwen3_5": {
      const full = kind === "full";
      const block = full ? attention(arch, { gated: true }) : gatedDelta(arch);
      const layer = withFeedForward(full ? "attention" : "delta", block, arch, norms, arch.moe !== undefined);
      // The gate of the shared expert.
      return arch.moe ? { ...layer, other: layer.other + arch.hidden_size } : layer;
    }
    case "gemma4":
      return gemma4Layer(arch, norms, kind);
    case "gemma3n":
      return gemma3nLayer(arch, norms);
    case "granite_hybrid": {
      const full = kind === "attention";
      const block = full ? attention(arch) : mamba(arch);
      return withFeedForward(full ? "attention" : "mamba", block, arch, norms, arch.moe !== undefined);
    }
    case "lfm2": {
      const full = kind === "attention";
      const block = full ? attention(arch) : shortConvolution(arch);
      return withFeedForward(full ? "attention" : "convolution", block, arch, norms, false);
    }
    case "nemotron_h":
      return nemotronLayer(arch, kind);
    case "openelm":
      return { mixer: "attention", router: 0, ...openelmLayer(arch, index) };
    case "not_modelled":
      return { mixer: "none", matrices: [], router: 0, other: 0 };
  }
}

function withFeedForward(
  mixer: Layer["mixer"],
  block: Block,
  arch: Architecture,
  norms: number,
  moe: boolean,
): Layer {
  const h = arch.hidden_size;
  const other = block.other + norms;
  if (!moe || !arch.moe)
    return { mixer, matrices: [...block.matrices, ...gatedMlp(h, arch.intermediate_size)], router: 0, other };
  const { shared_intermediate_size: shared, shared_gate: gate } = arch.moe;
  return {
    mixer,
    matrices: [...block.matrices, ...(shared ? gatedMlp(h, shared, "shared_") : [])],
    experts: { count: arch.moe.num_experts, matrices: gatedMlp(h, arch.moe.intermediate_size) },
    router: h * arch.moe.num_experts,
    other: other + (gate ? h : 0),
  };
}

const fusedExperts = (h: number, moe: Moe): NonNullable<LayerKind["experts"]> => ({
  count: moe.num_experts,
  matrices: [
    ["gate_up_proj", h, 2 * moe.intermediate_size],
    ["down_proj", moe.intermediate_size, h],
  ],
});

function gptOssLayer(arch: Architecture, norms: number): Layer {
  const block = attention(arch);
  const h = arch.hidden_size;
  if (!arch.moe) return withFeedForward("attention", block, arch, norms, false);
  const experts = arch.moe.num_experts;
  const biases = experts + experts * (2 * arch.moe.intermediate_size + h);
  return {
    mixer: "attention",
    matrices: block.matrices,
    experts: fusedExperts(h, arch.moe),
    router: h * experts,
    other: block.other + norms + biases,
  };
}

function gemma4Layer(arch: Architecture, norms: number, kind: string): Layer {
  const h = arch.hidden_size;
  const block = kind.startsWith("full")
    ? attention(arch, {
        ...(arch.global_head_dim ? { headDim: arch.global_head_dim } : {}),
        kvHeads: arch.num_global_key_value_heads ?? arch.num_key_value_heads,
        valuesAreKeys: arch.attention_k_eq_v === true,
      })
    : attention(arch);
  const wide = kind.endsWith("-shared") && arch.use_double_wide_mlp === true;
  const matrices = [...block.matrices, ...gatedMlp(h, (wide ? 2 : 1) * arch.intermediate_size)];
  let other = block.other + norms + (arch.layer_scalar ? 1 : 0);
  if (arch.ple_dim) {
    matrices.push(["per_layer_input_gate", h, arch.ple_dim], ["per_layer_projection", arch.ple_dim, h]);
    other += h;
  }
  if (!arch.moe) return { mixer: "attention", matrices, router: 0, other };
  const experts = arch.moe.num_experts;
  return {
    mixer: "attention",
    matrices,
    experts: fusedExperts(h, arch.moe),
    router: h * experts,
    // Scale of the router, one scale an expert, three more norms.
    other: other + h + experts + 3 * h,
  };
}

function gemma3nLayer(arch: Architecture, norms: number): Layer {
  const h = arch.hidden_size;
  const block = attention(arch);
  const inputs = arch.altup_num_inputs ?? 0;
  const laurel = arch.laurel_rank ?? 0;
  const perLayer = arch.ple_dim ?? 0;
  return {
    mixer: "attention",
    matrices: [
      ...block.matrices,
      ...gatedMlp(h, arch.intermediate_size),
      ["linear_left", h, laurel],
      ["linear_right", laurel, h],
      ["per_layer_input_gate", h, perLayer],
      ["per_layer_projection", perLayer, h],
    ],
    router: 0,
    // Three vectors of the hidden size and the alternating-update router, correction and prediction.
    other: block.other + norms + 4 * h + inputs * inputs + inputs ** 3 + h * inputs,
  };
}

function nemotronLayer(arch: Architecture, kind: string): Layer {
  const h = arch.hidden_size;
  if (kind === "M") {
    const block = mamba(arch);
    return { mixer: "mamba", matrices: block.matrices, router: 0, other: block.other + h };
  }
  if (kind === "*") {
    const block = attention(arch);
    return { mixer: "attention", matrices: block.matrices, router: 0, other: block.other + h };
  }
  const moe = arch.moe;
  const shared = moe?.shared_intermediate_size ?? 0;
  return {
    mixer: "none",
    matrices: [
      ["shared_up_proj", h, shared],
      ["shared_down_proj", shared, h],
    ],
    ...(moe
      ? {
          experts: {
            count: moe.num_experts,
            matrices: [
              ["up_proj", h, moe.intermediate_size],
              ["down_proj", moe.intermediate_size, h],
            ] as const,
          },
        }
      : {}),
    router: h * (moe?.num_experts ?? 0),
    other: h,
  };
}
