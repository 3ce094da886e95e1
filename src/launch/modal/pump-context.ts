/** What every part of a pump needs of its run. */
import type { ModalSettings } from "../../core/run/modal-settings.ts";
import type { Plan } from "../../core/run/plan.ts";
import type { InputPaths } from "../launcher.ts";
import { CACHE_VOLUME, RUNS_VOLUME } from "./names.ts";
import type { RemoteKeeper } from "./remote-keeper.ts";
import type { ModalSession } from "./session.ts";

/** Milliseconds. Tests shorten what a person would wait for. */
export interface PumpTiming {
  /** Between two tries after contact was lost; the last one repeats. */
  readonly retry: readonly number[];
  /** Before the next attempt after a preemption, by how many there were. */
  readonly backoff: readonly number[];
  /** Between two looks at the stop file. */
  readonly look: number;
  /** From the terminate call to "still running on Modal". */
  readonly unconfirmed: number;
  /** Without a line of the sandbox since it was asked for. */
  readonly longestWait: number;
  /** Between two looks on the volume for what the stream lost, and until the rest goes on without it. */
  readonly gapLook: number;
  readonly gapWait: number;
}

export const TIMING: PumpTiming = {
  retry: [1000, 2000, 4000, 8000, 15_000, 30_000],
  backoff: [10_000, 30_000, 60_000],
  look: 500,
  unconfirmed: 60_000,
  longestWait: 25 * 60_000,
  gapLook: 5000,
  gapWait: 60_000,
};

export interface PumpContext {
  /** The run folder on this machine. */
  readonly folder: string;
  readonly id: string;
  readonly plan: Plan;
  readonly inputs: InputPaths;
  readonly settings: ModalSettings;
  readonly session: ModalSession;
  readonly keeper: RemoteKeeper;
  /** Environment values for this run only, such as HF_TOKEN: never written anywhere. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly timing: PumpTiming;
  /** Seconds a start must be worth. */
  readonly shortestAttempt: number;
  readonly holds: () => boolean;
  readonly log: (text: string) => void;
}

export const volumeOf = ({ settings }: Pick<PumpContext, "settings">): string =>
  settings.volume ?? RUNS_VOLUME;

export const volumesOf = (settings: ModalSettings, mounts: { runs: string; cache: string }) => ({
  [mounts.runs]: settings.volume ?? RUNS_VOLUME,
  [mounts.cache]: CACHE_VOLUME,
});

export const sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done);
  });
