/** Models of which only the size is known, and the table that people quote by size. */
import { GIB } from "./constants.ts";
import type { ModelShape } from "./shape.ts";

export interface SizeClass {
  readonly name: string;
  /** Parameters in billions, from (inclusive) to (exclusive). */
  readonly from: number;
  readonly to: number;
  /** Usual memory in GiB, 4 bit and 16 bit, and cards that are usually named. */
  readonly fourBit: readonly [number, number];
  readonly sixteenBit: readonly [number, number | null];
  readonly cards: string;
}

/** Commonly published orientation values for adapters; they name no batch or sequence. */
export const SIZE_CLASSES: readonly SizeClass[] = [
  { name: "1–3B", from: 0.5, to: 5, fourBit: [6, 8], sixteenBit: [12, 16], cards: "T4, L4" },
  { name: "7–8B", from: 5, to: 10.5, fourBit: [12, 16], sixteenBit: [24, 32], cards: "L40S" },
  { name: "13B", from: 10.5, to: 20, fourBit: [16, 20], sixteenBit: [32, 40], cards: "L40S, A100" },
  { name: "70B", from: 60, to: 80, fourBit: [40, 48], sixteenBit: [140, null], cards: "A100 80GB, H100" },
];

export const sizeClassOf = (parameters: number): SizeClass | undefined =>
  SIZE_CLASSES.find(({ from, to }) => parameters >= from * 1e9 && parameters < to * 1e9);

/** "My-Model-7B-Instruct" → 7; "tiny-135m" → 0.135; null: no size in the name. */
export function billionsInName(name: string): number | null {
  const bare = name.split("/").at(-1) ?? "";
  const match = /(?:^|[^a-z0-9.])(\d{1,4}(?:[._]\d{1,2})?)\s?(b|m)(?![a-z0-9])/i.exec(bare);
  if (!match?.[1] || !match[2]) return null;
  const value = Number.parseFloat(match[1].replace("_", "."));
  const billions = match[2].toLowerCase() === "b" ? value : value / 1000;
  return billions > 0.001 && billions < 5000 ? billions : null;
}

/** Typical proportions: [billions, hidden, layers, width]. Between them the nearest in ratio is scaled. */
const TYPICAL: readonly (readonly [number, number, number, number])[] = [
  [0.5, 896, 24, 4864],
  [1.2, 2048, 16, 8192],
  [3.2, 3072, 28, 8192],
  [8, 4096, 32, 14_336],
  [14, 5120, 40, 17_408],
  [32, 5120, 64, 27_648],
  [70, 8192, 80, 28_672],
  [405, 16_384, 126, 53_248],
];

/** An ordinary decoder of that many billion parameters with a vocabulary of today's size. */
export function shapeOfSize(billions: number): ModelShape {
  const [size, hidden, layers, width] = nearest(billions);
  const parameters = billions * 1e9;
  const vocab = 128_256;
  const embedding = Math.min(vocab * hidden, parameters / 3);
  const tied = billions < 4;
  const head = tied ? 0 : embedding;
  const quantisable = parameters - embedding - head;
  const scale = billions / size;
  const deep = Math.max(1, Math.round(layers * scale));
  const kv = Math.max(1, Math.round(hidden / 512)) * 128;
  const one = (name: string, inputs: number, outputs: number, part: "attention" | "mlp") => ({
    name,
    inputs,
    outputs,
    count: deep,
    part,
  });
  return {
    id: `size-${billions}b`,
    display: `a ${billions}B model`,
    type: "unknown",
    path: "B",
    hidden,
    layers: deep,
    heads: hidden / 128,
    kvHeads: kv / 128,
    headDim: 128,
    mlp: width,
    vocab,
    tied,
    maxPositions: 131_072,
    bias: false,
    qkNorm: false,
    linears: [
      one("q_proj", hidden, hidden, "attention"),
      one("k_proj", hidden, kv, "attention"),
      one("v_proj", hidden, kv, "attention"),
      one("o_proj", hidden, hidden, "attention"),
      one("gate_proj", hidden, width, "mlp"),
      one("up_proj", hidden, width, "mlp"),
      one("down_proj", width, hidden, "mlp"),
    ],
    parameters,
    quantisable,
    embedding,
    head,
    norms: 2 * hidden * deep + hidden,
    tower: 0,
    experts: null,
    hybrid: false,
    modelled: false,
  };
}

function nearest(billions: number): readonly [number, number, number, number] {
  let best: readonly [number, number, number, number] = [8, 4096, 32, 14_336];
  for (const row of TYPICAL)
    if (Math.abs(Math.log(row[0] / billions)) < Math.abs(Math.log(best[0] / billions))) best = row;
  return best;
}

/** "8B class, 4-bit: usually 12–16 GB", or null where no such value is quoted. */
export function sizeClassText(parameters: number, fourBit: boolean): string | null {
  const found = sizeClassOf(parameters);
  if (!found) return null;
  const [low, high] = fourBit ? found.fourBit : found.sixteenBit;
  return `${found.name} class, ${fourBit ? "4-bit" : "16-bit"}: usually ${high === null ? `${low}+` : `${low}–${high}`} GB`;
}

/** Bytes of the class's range for a method, or null. */
export function sizeClassBytes(parameters: number, fourBit: boolean): readonly [number, number] | null {
  const found = sizeClassOf(parameters);
  if (!found) return null;
  const [low, high] = fourBit ? found.fourBit : found.sixteenBit;
  return [low * GIB, (high ?? low * 1.2) * GIB];
}
