/** OpenELM scales heads and MLP width with the layer; the rounding rules are those of its public code. */
import type { Architecture } from "./architecture.ts";
import type { Block } from "./mixers.ts";

export function openelmLayer(arch: Architecture, index: number): Block {
  const h = arch.hidden_size;
  const groups = arch.num_gqa_groups ?? 1;
  const at = ([low, high]: readonly [number, number]): number =>
    Math.round((low + ((high - low) * index) / (arch.num_hidden_layers - 1)) * 100) / 100;
  const queryDim = divisible(h * at(arch.qkv_multipliers ?? [1, 1]), arch.head_dim * groups);
  const heads = queryDim / arch.head_dim;
  const width = divisible(h * at(arch.ffn_multipliers ?? [4, 4]), arch.ffn_dim_divisor ?? 1);
  return {
    matrices: [
      ["qkv_proj", h, (heads + (2 * heads) / groups) * arch.head_dim],
      ["out_proj", queryDim, h],
      ["proj_1", h, 2 * width],
      ["proj_2", width, h],
    ],
    other: 2 * arch.head_dim + (arch.norms_per_layer ?? 2) * h,
  };
}

/** Nearest multiple, never more than 10 % below. */
function divisible(value: number, divisor: number): number {
  const nearest = Math.max(divisor, Math.floor((value + divisor / 2) / divisor) * divisor);
  return nearest < 0.9 * value ? nearest + divisor : nearest;
}
