/** The token-mixing half of a decoder layer: attention and what some models put in its place. */
import type { Architecture } from "./architecture.ts";

/** A matrix of a layer: name of the module, inputs, outputs. */
export type Matrix = readonly [name: string, inputs: number, outputs: number];

export interface Block {
  readonly matrices: readonly Matrix[];
  /** Parameters outside matrices: biases, norms of queries and keys, convolutions. */
  readonly other: number;
}

interface Heads {
  readonly kvHeads?: number;
  readonly headDim?: number;
  /** The query projection also makes an output gate (Qwen3.5). */
  readonly gated?: boolean;
  /** Values are the keys (Gemma 4's full layers): no v_proj. */
  readonly valuesAreKeys?: boolean;
}

export function attention(arch: Architecture, heads: Heads = {}): Block {
  const h = arch.hidden_size;
  const headDim = heads.headDim ?? arch.head_dim;
  const q = arch.num_attention_heads * headDim;
  const k = (heads.kvHeads ?? arch.num_key_value_heads) * headDim;
  const matrices: Matrix[] = [
    ["q_proj", h, heads.gated ? 2 * q : q],
    ["k_proj", h, k],
  ];
  if (!heads.valuesAreKeys) matrices.push(["v_proj", h, k]);
  matrices.push(["o_proj", q, h]);
  let other = 0;
  if (arch.qkv_bias) other += q + 2 * k;
  if (arch.o_bias) other += h;
  if (arch.qk_norm === "head") other += 2 * headDim;
  if (arch.qk_norm === "full") other += q + k;
  if (arch.attn_sinks) other += arch.num_attention_heads;
  return { matrices, other };
}

/** A Mamba 2 mixer. Its projections are never quantised, so they carry names of their own. */
export function mamba(arch: Architecture): Block {
  const heads = arch.mamba_num_heads ?? 0;
  const inner = heads * (arch.mamba_head_dim ?? 0);
  const conv = inner + 2 * (arch.mamba_n_groups ?? 0) * (arch.mamba_d_state ?? 0);
  return {
    matrices: [
      ["in_proj", arch.hidden_size, inner + conv + heads],
      ["out_proj", inner, arch.hidden_size],
    ],
    other: conv * (arch.mamba_d_conv ?? 0) + (arch.mamba_conv_bias ? conv : 0) + 3 * heads + inner,
  };
}

export function gatedDelta(arch: Architecture): Block {
  const h = arch.hidden_size;
  const values = arch.linear_num_value_heads ?? 0;
  const keyDim = (arch.linear_num_key_heads ?? 0) * (arch.linear_key_head_dim ?? 0);
  const valueDim = values * (arch.linear_value_head_dim ?? 0);
  return {
    matrices: [
      ["in_proj_qkv", h, 2 * keyDim + valueDim],
      ["in_proj_z", h, valueDim],
      ["in_proj_b", h, values],
      ["in_proj_a", h, values],
      ["out_proj", valueDim, h],
    ],
    other:
      (2 * keyDim + valueDim) * (arch.linear_conv_kernel_dim ?? 0) +
      2 * values +
      (arch.linear_value_head_dim ?? 0),
  };
}

export function shortConvolution(arch: Architecture): Block {
  const h = arch.hidden_size;
  return {
    matrices: [
      ["in_proj", h, 3 * h],
      ["out_proj", h, h],
    ],
    other: h * (arch.conv_L_cache ?? 0),
  };
}

export const gatedMlp = (h: number, width: number, prefix = ""): Matrix[] => [
  [`${prefix}gate_proj`, h, width],
  [`${prefix}up_proj`, h, width],
  [`${prefix}down_proj`, width, h],
];
