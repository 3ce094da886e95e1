/** Which pinned set of packages fits a machine. Pure: the rules of CUDA builds as a table. */
import type { GpuFact } from "../core/facts.ts";

export type RequirementSet = "cpu" | "cu126" | "cu128" | "cu130";

export interface Choice {
  readonly set: RequirementSet;
  /** One sentence for a person. */
  readonly why: string;
}

/** Unsloth needs Volta or newer. */
const OLDEST_CAPABILITY = 7;

/**
 * Drivers from which a CUDA build of PyTorch runs (NVIDIA's CUDA compatibility table), and the GPU
 * generations it has code for: cu130 begins with Turing (7.5), cu126 ends with Hopper (9.0).
 */
const BUILDS = [
  { set: "cu130", linux: 580, windows: 580, from: 7.5, to: Infinity },
  { set: "cu128", linux: 570, windows: 570, from: 7.5, to: Infinity },
  { set: "cu126", linux: 525, windows: 528, from: 7, to: 9.0 },
] as const;

const driverMajor = (gpu: GpuFact): number => Number(/^\d+/.exec(gpu.driver ?? "")?.[0] ?? 0);
const capability = (gpu: GpuFact): number => Number(gpu.capability ?? 0);

export function requirementSet(platform: NodeJS.Platform, gpus: readonly GpuFact[]): Choice {
  if (platform === "darwin") return { set: "cpu", why: "macOS: training runs on the CPU." };
  if (gpus.length === 0) return { set: "cpu", why: "No NVIDIA GPU was found: training runs on the CPU." };
  // With several cards, the strongest decides; a card that its build has no code for is left out by PyTorch.
  const best = gpus.reduce((a, b) => (capability(b) > capability(a) ? b : a));
  const level = capability(best);
  if (level < OLDEST_CAPABILITY) {
    return {
      set: "cpu",
      why: `${best.name} (compute capability ${best.capability ?? "unknown"}) is older than Unsloth supports (7.0): training runs on the CPU.`,
    };
  }
  const driver = driverMajor(best);
  const minimum = (build: (typeof BUILDS)[number]): number =>
    platform === "win32" ? build.windows : build.linux;
  const fitting = BUILDS.filter((build) => level >= build.from && level <= build.to);
  const build = fitting.find((candidate) => driver >= minimum(candidate));
  if (build !== undefined) {
    return { set: build.set, why: `${best.name}, driver ${best.driver ?? "unknown"}.` };
  }
  const needed = Math.min(...fitting.map(minimum));
  return {
    set: "cpu",
    why: `The driver ${best.driver ?? "(unknown)"} is too old for ${best.name}: it needs ${needed} or newer. Until it is updated, training runs on the CPU.`,
  };
}
