/** Modal's prices, dated. The live rates of a signed-in workspace take their place when they are known. */

export interface ModalPrices {
  /** ISO date of the table. */
  readonly date: string;
  /** Dollars a second, by Modal's name of the GPU. */
  readonly gpus: Readonly<Record<string, number>>;
  /** A sandbox's physical core, and GiB of memory, a second. */
  readonly core: number;
  readonly gib: number;
  /** Names of the GPUs whose price the account has told; the others are those of the dated table. */
  readonly told?: readonly string[];
}

/** ISO date of a GPU's price, or "live". */
export const priceDate = (name: string | undefined, { date, told }: ModalPrices): string =>
  told === undefined ? date : name !== undefined && told.includes(name) ? "live" : MODAL_PRICES.date;

/** From a public copy of the price page; sandboxes pay three times a function's rate for CPU and memory. */
export const MODAL_PRICES: ModalPrices = {
  date: "2026-09-18",
  gpus: {
    T4: 0.000164,
    L4: 0.000222,
    A10: 0.000306,
    L40S: 0.000542,
    "A100-40GB": 0.000583,
    "A100-80GB": 0.000694,
    "RTX-PRO-6000": 0.000842,
    H100: 0.001097,
    H200: 0.001261,
    B200: 0.001736,
    B300: 0.001972,
  },
  core: 0.00003942,
  gib: 0.00000667,
};

/** What a sandbox asks for beside its GPU where the config says nothing. */
export const SANDBOX = { cores: 4, gib: 16 } as const;

/** A region costs more on everything. */
const REGION = { broad: 1.15, narrow: 1.75 } as const;
const BROAD_REGIONS = new Set(["us", "eu", "ap", "uk", "ca", "me", "sa", "af", "mx"]);

export interface Sandbox {
  readonly cores: number;
  readonly gib: number;
  readonly region: string | null;
}

export function sandboxOf(modal: Readonly<Record<string, unknown>> | null): Sandbox {
  const cores = modal?.["cpu"];
  const mib = modal?.["memory"];
  const region = modal?.["region"];
  return {
    cores: typeof cores === "number" ? cores : SANDBOX.cores,
    gib: typeof mib === "number" ? mib / 1024 : SANDBOX.gib,
    region: typeof region === "string" ? region : null,
  };
}

/** "h100!", "A100", "B200+", "L4:2" → the name in the price list; undefined: not listed. */
export function modalName(gpu: string, prices: ModalPrices = MODAL_PRICES): string | undefined {
  const bare = gpu.toUpperCase().replace(/:\d+$/, "").replace(/[!+]$/, "");
  const name = bare === "A100" ? "A100-40GB" : bare;
  return name in prices.gpus ? name : undefined;
}

/** Dollars a second of a sandbox with `count` of a GPU; null: no price known. */
export function dollarsPerSecond(
  gpu: string,
  count: number,
  sandbox: Sandbox,
  prices: ModalPrices = MODAL_PRICES,
): number | null {
  const name = modalName(gpu, prices);
  const rate = name === undefined ? undefined : prices.gpus[name];
  if (rate === undefined) return null;
  const region =
    sandbox.region === null
      ? 1
      : BROAD_REGIONS.has(sandbox.region.toLowerCase())
        ? REGION.broad
        : REGION.narrow;
  return region * (rate * count + prices.core * sandbox.cores + prices.gib * sandbox.gib);
}
