/**
 * What a model's `config.json` says about its shape, in the field names of that file. The catalogue holds
 * one such record a model, and a local folder's `config.json` is read into the same one.
 */

/** How the layers are laid out; families of one layout share the arithmetic of `layer-kinds.ts`. */
export const FAMILIES = [
  "decoder",
  "gpt_oss",
  "llama4",
  "qwen3_5",
  "gemma4",
  "gemma3n",
  "granite_hybrid",
  "lfm2",
  "nemotron_h",
  "openelm",
  /** Only sizes are known: cross-attention, latent attention. */
  "not_modelled",
] as const;
export type Family = (typeof FAMILIES)[number];

export interface Moe {
  readonly num_experts: number;
  readonly num_experts_per_tok: number;
  readonly intermediate_size: number;
  readonly shared_intermediate_size?: number;
  readonly shared_gate?: boolean;
  /** Llama 4: every n-th layer has experts. */
  readonly interleave_step?: number;
  /** Layers with an ordinary MLP. */
  readonly dense_layers?: readonly number[];
}

export interface Architecture {
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim: number;
  readonly intermediate_size: number;
  readonly vocab_size: number;
  readonly tie_word_embeddings: boolean;
  readonly max_position_embeddings: number;
  readonly qkv_bias?: boolean;
  readonly o_bias?: boolean;
  readonly qk_norm?: "head" | "full";
  readonly norms_per_layer?: number;
  /** OLMo 1 and the like: no norm before the head. */
  readonly final_norm?: boolean;
  readonly attn_sinks?: boolean;
  readonly moe?: Moe;
  /** Gemma 3n and 4: embeddings per layer. */
  readonly ple_dim?: number;
  readonly ple_vocab_size?: number;
  readonly altup_num_inputs?: number;
  readonly laurel_rank?: number;
  readonly num_kv_shared_layers?: number;
  readonly layer_scalar?: boolean;
  readonly use_double_wide_mlp?: boolean;
  readonly global_head_dim?: number;
  readonly num_global_key_value_heads?: number;
  readonly attention_k_eq_v?: boolean;
  readonly full_attention_layers?: "every_5th" | "every_6th";
  /** Qwen3.5 and Qwen3-Next: gated delta layers between the attention layers. */
  readonly full_attention_interval?: number;
  readonly linear_num_key_heads?: number;
  readonly linear_num_value_heads?: number;
  readonly linear_key_head_dim?: number;
  readonly linear_value_head_dim?: number;
  readonly linear_conv_kernel_dim?: number;
  /** Mamba 2 layers of Granite 4 H and Nemotron 3. */
  readonly mamba_num_heads?: number;
  readonly mamba_head_dim?: number;
  readonly mamba_d_state?: number;
  readonly mamba_n_groups?: number;
  readonly mamba_d_conv?: number;
  readonly mamba_conv_bias?: boolean;
  readonly attention_layers?: readonly number[];
  /** Nemotron 3: a letter a layer: M mamba, * attention, E experts. */
  readonly pattern?: string;
  /** LFM2: short convolutions. */
  readonly conv_L_cache?: number;
  /** OpenELM: widths that grow with the layer. */
  readonly num_gqa_groups?: number;
  readonly qkv_multipliers?: readonly [number, number];
  readonly ffn_multipliers?: readonly [number, number];
  readonly ffn_dim_divisor?: number;
}

export interface Tower {
  readonly kind: "siglip_gemma3" | "pixtral" | "qwen2_5_vl" | "qwen3_vl" | "gemma4" | "given";
  readonly params?: number;
  readonly hidden_size?: number;
  readonly num_layers?: number;
  readonly intermediate_size?: number;
  readonly patch_size?: number;
  readonly num_positions?: number;
  readonly head_dim?: number;
  readonly deepstack?: number;
}

/** A model as far as memory, time and disk are concerned. */
export interface ModelRecord {
  readonly id: string;
  readonly display: string;
  /** `model_type` of its config.json. */
  readonly type: string;
  readonly family: Family;
  readonly arch: Architecture;
  readonly vision?: Tower;
  /** A: the hand-written kernels; B: compiled blocks. */
  readonly path: "A" | "B";
  /** Published count, only where the layout is not modelled. */
  readonly parameters?: number;
}
