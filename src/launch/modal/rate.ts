/** Dollars a second of a run's sandbox: by the workspace's own prices, else by the dated table. */
import {
  dollarsPerSecond,
  MODAL_PRICES,
  modalName,
  type ModalPrices,
  priceDate,
} from "../../core/estimate/prices.ts";
import type { ModalSettings } from "../../core/run/modal-settings.ts";
import type { PumpContext } from "./pump-context.ts";

export interface Rate {
  readonly dollars: number;
  /** ISO date of the table, or "live". */
  readonly date: string;
}

const sandboxOf = ({ cpu, memory, region }: ModalSettings) => ({ cores: cpu, gib: memory / 1024, region });

/** A GPU without a price counts as the dearest there is: the limit must hold all the same. */
export function rateIn(settings: ModalSettings, prices: ModalPrices): Rate {
  const sandbox = sandboxOf(settings);
  const known = dollarsPerSecond(settings.gpu, settings.gpuCount, sandbox, prices);
  if (known !== null) return { dollars: known, date: priceDate(modalName(settings.gpu, prices), prices) };
  const all = Object.keys(prices.gpus).map(
    (gpu) => dollarsPerSecond(gpu, settings.gpuCount, sandbox, prices) ?? 0,
  );
  return { dollars: Math.max(...all), date: prices.date };
}

export function cpuRate(settings: ModalSettings, memory: number, prices: ModalPrices): number {
  return prices.core * settings.cpu + prices.gib * (memory / 1024);
}

export async function pricesOf({ session, log }: Pick<PumpContext, "session" | "log">): Promise<ModalPrices> {
  try {
    return (await session.rates()) ?? MODAL_PRICES;
  } catch (error) {
    // A start must not depend on it: the table is dated on screen.
    log(`prices: ${error instanceof Error ? error.message : String(error)}`);
    return MODAL_PRICES;
  }
}

export const rateOf = async (context: PumpContext): Promise<Rate> =>
  rateIn(context.settings, await pricesOf(context));
