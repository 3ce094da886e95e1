/** How fast a card trains. One card was measured; the others are scaled by their data sheets, with a wide band. */
import type { Card } from "./card.ts";
import type { WeightMethod } from "./setup.ts";

export interface Speed {
  /** Useful floating-point operations a second. */
  readonly flops: number;
  /** Seconds that a layer of a micro-batch costs whatever its size. */
  readonly layerSeconds: number;
  /** A step takes between this share and this multiple of the figure. */
  readonly spread: readonly [number, number];
}

/**
 * Dense 16-bit tensor TFLOPS with 32-bit accumulation, by name in the GPU catalogue: vendors' data sheets
 * as they are commonly quoted. Only ratios to the measured card matter.
 */
const TFLOPS: Readonly<Record<string, number>> = {
  "RTX 2060": 26,
  "RTX 2070": 30,
  "RTX 2080 Ti": 54,
  "RTX 3050 8GB": 18,
  "RTX 3060 12GB": 25,
  "RTX 3060 Ti": 32,
  "RTX 3070": 41,
  "RTX 3070 Ti": 44,
  "RTX 3080 10GB": 60,
  "RTX 3080 12GB": 61,
  "RTX 3080 Ti": 68,
  "RTX 3090": 71,
  "RTX 3090 Ti": 80,
  "RTX 4060": 30,
  "RTX 4060 Ti 8GB": 44,
  "RTX 4060 Ti 16GB": 44,
  "RTX 4070": 58,
  "RTX 4070 SUPER": 71,
  "RTX 4070 Ti": 80,
  "RTX 4070 Ti SUPER": 88,
  "RTX 4080": 97,
  "RTX 4080 SUPER": 104,
  "RTX 4090": 165,
  "RTX 4090 D": 147,
  "RTX 4090 Laptop": 80,
  "RTX 5060": 38,
  "RTX 5060 Ti 8GB": 47,
  "RTX 5060 Ti 16GB": 47,
  "RTX 5070": 62,
  "RTX 5070 Ti": 88,
  "RTX 5070 Ti Laptop": 45,
  "RTX 5080": 112,
  "RTX 5090": 210,
  "RTX 5090 Laptop": 90,
  "TITAN RTX": 130,
  "Quadro RTX 8000": 130,
  "RTX A2000 12GB": 32,
  "RTX A4000": 77,
  "RTX A4500": 95,
  "RTX A5000": 111,
  "RTX A6000": 155,
  "RTX 2000 Ada": 48,
  "RTX 4000 Ada": 107,
  "RTX 4500 Ada": 158,
  "RTX 5000 Ada": 261,
  "RTX 5880 Ada": 277,
  "RTX 6000 Ada": 364,
  "RTX PRO 4000 Blackwell": 187,
  "RTX PRO 4500 Blackwell": 219,
  "RTX PRO 5000 Blackwell": 258,
  "RTX PRO 6000 Blackwell": 503,
  "GB10 (DGX Spark)": 125,
  "V100 16GB": 125,
  "V100 32GB": 125,
  T4: 65,
  A2: 18,
  A10: 125,
  A10G: 70,
  A16: 18,
  A30: 165,
  A40: 150,
  "A100 40GB": 312,
  "A100 80GB": 312,
  L4: 121,
  L40: 181,
  L40S: 362,
  "H100 PCIe": 756,
  "H100 SXM 80GB": 989,
  "H100 NVL": 835,
  "GH200 96GB": 989,
  H200: 989,
  B200: 2250,
  B300: 2250,
};

/**
 * Measured on one H100 alone, median steps: 8B QLoRA 0.606 s (2 × 2,048 tokens) and 2.05 s (16,384 tokens),
 * 16-bit LoRA 0.486 s, 1B QLoRA 0.254 s (4 × 2,048). These three numbers give all four within 3 %.
 */
const USEFUL_SHARE = 0.6;
const LAYER_SECONDS = { quantised: 0.0087, plain: 0.005 } as const;

const MEASURED = new Set(["H100 SXM 80GB"]);
/** Same chip, other host: between 0.7 (a faster host) and 1.3. Other cards: half to double. */
const SPREAD = { measured: [0.7, 1.3], scaled: [0.5, 2] } as const;
/** Cards that the table lacks are taken by their memory: a rough line through the table. */
const TFLOPS_PER_GIB = 5;

/** @param name of the catalogue's entry, null where the card is not in it. */
export function speedOf(card: Card, name: string | null, method: WeightMethod): Speed {
  const known = name === null ? undefined : TFLOPS[name];
  const tflops = known ?? (TFLOPS_PER_GIB * card.total) / 2 ** 30;
  const quantised = method === "qlora" || method === "lora8";
  return {
    flops: USEFUL_SHARE * tflops * 1e12,
    layerSeconds: quantised ? LAYER_SECONDS.quantised : LAYER_SECONDS.plain,
    spread: name !== null && MEASURED.has(name) ? SPREAD.measured : SPREAD.scaled,
  };
}

/**
 * A CPU, from measured steps of a 135M model on two cores (2 × 256 tokens: 1.84 s in fp32, 1.02 s in bf16 with
 * native support).
 */
export function cpuSpeed(cores: number, bf16: boolean): Speed {
  return {
    flops: (bf16 ? 135e9 : 75e9) * Math.max(1, Math.min(cores, 32)),
    layerSeconds: 0.003,
    spread: [0.5, 2.5],
  };
}
