/**
 * Which build of PyTorch an index would give. On Linux the plain one of the public index is for CUDA and
 * does not import without CUDA's own packages, which a CPU environment leaves out.
 */
import * as z from "zod";

/** PyTorch's own index of CPU builds: asked only where the plain index has none. */
export const PYTORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu";

export type TorchBuild = "cpu" | "cuda";

const reportSchema = z.object({
  install: z.array(
    z.object({
      metadata: z.looseObject({
        name: z.string(),
        version: z.string(),
        requires_dist: z.array(z.string()).optional(),
      }),
    }),
  ),
});

/** `+cpu` says so itself; a CUDA build needs NVIDIA's packages on Linux. */
const buildOf = (version: string, requires: readonly string[], platform: NodeJS.Platform): TorchBuild => {
  if (version.endsWith("+cpu")) return "cpu";
  if (/\+(cu\d+|rocm|xpu)/.test(version)) return "cuda";
  if (platform !== "linux") return "cpu";
  return requires.some((line) => /^(nvidia-|cuda-|triton\b)/.test(line)) ? "cuda" : "cpu";
};

/** The report of `pip install --dry-run --report -`; null when it is none. */
export function buildInPipReport(report: string, platform: NodeJS.Platform): TorchBuild | null {
  let value: unknown;
  try {
    value = JSON.parse(report);
  } catch {
    return null;
  }
  const parsed = reportSchema.safeParse(value);
  const torch = parsed.data?.install.find(({ metadata }) => metadata.name.toLowerCase() === "torch");
  return torch === undefined
    ? null
    : buildOf(torch.metadata.version, torch.metadata.requires_dist ?? [], platform);
}

/** The lines of `uv pip install --dry-run` ("+ torch==2.13.0+cpu"); a plain version on Linux is taken for CUDA's. */
export function buildInUvDryRun(output: string, platform: NodeJS.Platform): TorchBuild | null {
  const version = /^\s*\+ torch==(\S+)/m.exec(output)?.[1];
  return version === undefined ? null : buildOf(version, platform === "linux" ? ["nvidia-"] : [], platform);
}
