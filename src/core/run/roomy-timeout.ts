/** How long a sandbox may live where no config says it: a limit costs nothing unless it is met. */
import type { ResolvedConfig } from "./plan.ts";
import { LONGEST_SANDBOX, modalSettings } from "./modal-settings.ts";

/** By how much an estimate may be wrong before a run is cut in two. */
const ROOM = 2;
const HOUR = 3600;

/** Seconds, in whole hours. */
export const roomFor = (seconds: number): number =>
  Math.min(LONGEST_SANDBOX, Math.ceil((ROOM * seconds) / HOUR) * HOUR);

/**
 * @param seconds that the run is expected to take, its start included; null: not known
 * @param written the config says `compute.modal.timeout` itself: it stays as it is
 */
export function withRoom(config: ResolvedConfig, seconds: number | null, written: boolean): ResolvedConfig {
  const { compute, limits } = config;
  if (written || seconds === null || compute.target !== "modal") return config;
  const wanted = roomFor(seconds);
  if (wanted <= modalSettings(config).timeoutS) return config;
  return {
    ...config,
    compute: { ...compute, modal: { ...compute.modal, timeout: `${wanted / HOUR}h` } },
    limits: { ...limits, deadline_s: wanted },
  };
}
