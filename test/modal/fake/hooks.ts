/** What a test makes the fake Modal do wrong. All of it is JSON, so that another process can set it too. */
import { ServerError } from "nice-grpc";
import type { Result } from "./result.ts";

export interface Fault {
  /** "SandboxCreate" */
  readonly rpc: string;
  /** A gRPC status code. */
  readonly code: number;
  readonly message: string;
  /** How often; -1: always. */
  times: number;
}

export interface BuildFailure {
  readonly lines: readonly string[];
  readonly exception: string;
  /** 2 failure, 3 terminated, 4 timeout. */
  readonly status?: number;
  times: number;
}

export interface Hooks {
  faults: Fault[];
  /** A machine at once, after so many milliseconds, or never. */
  schedule: number | "never";
  /** What the builder prints when nothing is wrong. */
  buildLines: string[];
  buildFailures: BuildFailure[];
  /** A sandbox that gets its machine ends like this before its command starts. */
  dieAtStart: Result | null;
  /** Terminate is answered and does nothing. */
  deafTerminate: boolean;
  /** Life of the tokens that AuthTokenGet gives, seconds. */
  jwtSeconds: number;
  /** Answer of WorkspaceBillingRates; null: it is not known. */
  rates: Record<string, string> | null;
  /** False: the server knows none of the calls for files of volumes. */
  volumeFiles: boolean;
  /** GPU names it takes; null: all. */
  gpus: string[] | null;
  /** Milliseconds that each PUT or GET of a block takes. */
  blockDelay: number;
  /** PUTs and GETs of blocks that are answered with 500, as a number still to come. */
  blockFailures: number;
  /** Lines that the control plane loses: those that match this pattern; null: none. */
  losesLines: string | null;
}

export const noHooks = (): Hooks => ({
  faults: [],
  schedule: 0,
  buildLines: ["#1 FROM base", "#2 RUN pip install", "#3 exporting layers"],
  buildFailures: [],
  dieAtStart: null,
  deafTerminate: false,
  jwtSeconds: 1200,
  rates: null,
  volumeFiles: true,
  gpus: null,
  blockDelay: 0,
  blockFailures: 0,
  losesLines: null,
});

/** Throws what the test asked for on this call, if anything. */
export function failIfAsked(hooks: Hooks, rpc: string): void {
  const fault = hooks.faults.find((each) => each.rpc === rpc && each.times !== 0);
  if (fault === undefined) return;
  if (fault.times > 0) fault.times -= 1;
  throw new ServerError(fault.code, fault.message);
}
