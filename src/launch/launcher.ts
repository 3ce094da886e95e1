/** What starts, finds and stops a run, whatever the target. Readers never need one: they read the run folder. */
import type { Plan } from "../core/run/plan.ts";

/** id of `plan.inputs` → absolute path on the machine that starts the run. */
export type InputPaths = Readonly<Record<string, string>>;

export interface Handle {
  readonly folder: string;
  readonly attempt: number;
}

export interface Launcher {
  /** Returns when the attempt exists and can be attached to. Rejects with a `LaunchError`. */
  start(plan: Plan, inputs: InputPaths, folder: string): Promise<Handle>;
  stop(handle: Handle, how: "graceful" | "now"): Promise<void>;
  state(handle: Handle): Promise<"waiting" | "running" | "gone" | "unknown">;
}

/** An expected failure of a launch: one sentence that names the place and the way out. */
export class LaunchError extends Error {
  override readonly name = "LaunchError";
  constructor(
    readonly code: string,
    message: string,
    readonly hint: string,
    readonly path?: string,
  ) {
    super(message);
  }
}
