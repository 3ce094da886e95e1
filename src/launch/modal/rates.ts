/**
 * The prices that a workspace is told for itself. How the server names them is not documented: a name counts
 * when it is one of ours after everything but letters and digits is dropped, and its price is near the known one.
 */
import { MODAL_PRICES, type ModalPrices } from "../../core/estimate/prices.ts";

/** Words around a name: "gpu_h100", "GPU-H100-hourly", "sandbox_cpu". */
const AROUND = /^(?:modal|compute|sandbox|gpu|nvidia)+|(?:usd|hourly|perhour|hour|rate|price|seconds)+$/g;
const CORE = /^(?:cpu|core|cpucore|physicalcore|cpuphysicalcore)s?$/;
const MEMORY = /^(?:memory|mem|ram|memorygib|memorygb|gib)$/;

/** Further away than this a number means something else: another unit, another currency. */
const FACTOR = 5;

/** `rates` in dollars a unit and hour, as text. null: no GPU among them, so the dated table counts. */
export function pricesOf(rates: Readonly<Record<string, string>>): ModalPrices | null {
  const known = new Map(Object.keys(MODAL_PRICES.gpus).map((name) => [bare(name), name]));
  const gpus: Record<string, number> = {};
  let { core, gib } = MODAL_PRICES;
  // What is named for sandboxes comes last, and so counts before what is named for functions.
  for (const [key, text] of Object.entries(rates).sort(
    ([one], [other]) => forSandbox(one) - forSandbox(other),
  )) {
    const perSecond = Number(text) / 3600;
    const name = bare(key).replace(AROUND, "");
    const gpu = known.get(name);
    if (gpu !== undefined && near(perSecond, MODAL_PRICES.gpus[gpu])) gpus[gpu] = perSecond;
    if (CORE.test(name) && near(perSecond, MODAL_PRICES.core)) core = perSecond;
    if (MEMORY.test(name) && near(perSecond, MODAL_PRICES.gib)) gib = perSecond;
  }
  if (Object.keys(gpus).length === 0) return null;
  // A card that was not named keeps its dated price: better than none where a budget hangs on it.
  return { date: "live", gpus: { ...MODAL_PRICES.gpus, ...gpus }, core, gib, told: Object.keys(gpus) };
}

const bare = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

const forSandbox = (key: string): number => (/sandbox/i.test(key) ? 1 : 0);

const near = (price: number, expected = 0): boolean => price > expected / FACTOR && price < expected * FACTOR;
