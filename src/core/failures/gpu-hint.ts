/** Whether the GPU has bf16: from its compute capability, or from what logs print about it. */
export interface GpuHint {
  /** null: not known. */
  readonly bf16: boolean | null;
  withLine(text: string): GpuHint;
}

/** bf16 came with Ampere. */
const FIRST_WITH_BF16 = 8;

const BANNER = /Bfloat16 = (TRUE|FALSE)/;
const WITHOUT =
  /\b(?:Tesla (?:T4|V100|P100|P40)|NVIDIA T4|V100-(?:SXM|PCIE)|RTX 20\d\d|GTX 16\d\d|Quadro RTX|TITAN V)/;

export function bf16Of(capability: string | null): GpuHint {
  if (capability === null) return unknown;
  return known(Number.parseFloat(capability) >= FIRST_WITH_BF16);
}

const known = (bf16: boolean): GpuHint => {
  const hint: GpuHint = { bf16, withLine: () => hint };
  return hint;
};

const unknown: GpuHint = {
  bf16: null,
  withLine(text) {
    const banner = BANNER.exec(text);
    if (banner) return known(banner[1] === "TRUE");
    return WITHOUT.test(text) ? known(false) : unknown;
  },
};
