/** Parameters of a vision (or vision and audio) tower with its projector; kept in 16 bit by every method. */
import type { Tower } from "./architecture.ts";

/** @param hidden width of the language model that the projector maps to. */
export function towerParameters(tower: Tower | undefined, hidden: number): number {
  if (!tower) return 0;
  const d = tower.hidden_size ?? 0;
  const i = tower.intermediate_size ?? 0;
  const layers = tower.num_layers ?? 0;
  const patch = 3 * (tower.patch_size ?? 0) ** 2 * d;
  const positions = (tower.num_positions ?? 0) * d;
  switch (tower.kind) {
    case "siglip_gemma3": {
      const layer = 4 * d + 4 * (d * d + d) + d * i + i + i * d + d;
      return layers * layer + patch + d + positions + 2 * d + d * hidden + d;
    }
    case "pixtral": {
      const layer = 2 * d + 4 * d * d + 3 * d * i;
      return layers * layer + patch + d + (d + 4 * d * d + d * hidden + hidden * hidden);
    }
    case "qwen2_5_vl": {
      const layer = 2 * d + (3 * d * d + 3 * d) + (d * d + d) + 2 * (d * i + i) + i * d + d;
      return layers * layer + 2 * patch + d + merger(d, hidden);
    }
    case "qwen3_vl": {
      const layer = 4 * d + (3 * d * d + 3 * d) + (d * d + d) + (d * i + i) + (i * d + d);
      const merge = merger(d, hidden);
      const deep = (tower.deepstack ?? 0) * (8 * d + merge);
      return layers * layer + 2 * patch + d + positions + 2 * d + merge + deep;
    }
    case "gemma4": {
      const layer = 4 * d * d + 3 * d * i + 4 * d + 2 * (tower.head_dim ?? 0);
      return layers * layer + patch + 2 * positions + d * hidden;
    }
    case "given":
      return tower.params ?? 0;
  }
}

/** Four patches become one token: two biased matrices. */
function merger(d: number, hidden: number): number {
  const m = 4 * d;
  return m * m + m + m * hidden + hidden;
}
