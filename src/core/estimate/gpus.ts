/** Cards that we know by name: as people say it, as nvidia-smi prints it, as Modal calls it. */
import type { GpuFact } from "../facts.ts";
import { cardOfFact, type Card, type GpuSpec } from "./card.ts";
import { MIB } from "./constants.ts";
import data from "./data/gpus.json" with { type: "json" };

export const GPUS: readonly GpuSpec[] = data;

/** Names that no rule makes of the catalogue's. "A100" alone is the 40 GB card on Modal. */
const ALIASES: Readonly<Record<string, string>> = {
  h100: "H100 SXM 80GB",
  h100sxm: "H100 SXM 80GB",
  a100: "A100 40GB",
  rtxpro6000: "RTX PRO 6000 Blackwell",
  b200plus: "B200",
  dgxspark: "GB10 (DGX Spark)",
  gh200: "GH200 96GB",
  v100: "V100 16GB",
};

/** "NVIDIA GeForce RTX 4090", "rtx-4090", "4090" → "4090". */
function key(name: string): string {
  return name
    .toLowerCase()
    .replace(/:\d+$/, "")
    .replace(/\+$/, "plus")
    .replaceAll(/\b(nvidia|geforce|tesla|gpu|laptop gpu)\b/g, (word) =>
      word === "laptop gpu" ? "laptop" : "",
    )
    .replaceAll(/[^a-z0-9]/g, "");
}

const BY_KEY: ReadonlyMap<string, readonly GpuSpec[]> = indexGpus();

function indexGpus(): Map<string, GpuSpec[]> {
  const index = new Map<string, GpuSpec[]>();
  const add = (name: string, spec: GpuSpec): void => {
    const known = index.get(key(name)) ?? [];
    if (!known.includes(spec)) index.set(key(name), [...known, spec]);
  };
  for (const spec of GPUS) {
    add(spec.name, spec);
    add(spec.name.replace(/ \d+GB$/, ""), spec);
    for (const name of spec.smi) add(name, spec);
    if (spec.name.startsWith("RTX ")) add(spec.name.slice(4), spec);
  }
  for (const [alias, name] of Object.entries(ALIASES)) {
    const spec = GPUS.find((gpu) => gpu.name === name);
    if (spec) index.set(alias, [spec]);
  }
  return index;
}

/** @param total bytes that the driver reports: tells cards apart that share a name. */
export function findGpu(name: string, total?: number): GpuSpec | undefined {
  const found = BY_KEY.get(key(name)) ?? [];
  if (total === undefined || found.length < 2) return found[0];
  const off = (spec: GpuSpec): number => Math.abs(spec.mib * MIB - total);
  return found.toSorted((a, b) => off(a) - off(b))[0];
}

/** One name for a card, whoever tells it: the catalogue's, else what the driver says. */
export const cardName = (name: string, total?: number): string => findGpu(name, total)?.name ?? name;

export const cardOf = (fact: GpuFact): Card => cardOfFact(fact, findGpu(fact.name, fact.total));
