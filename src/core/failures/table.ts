/** The knowledge of failures, typed; `about` in the file says how rows match. The trainer uses a copy. */
import type { PhaseName } from "../run/phase-names.ts";
import table from "./table.json" with { type: "json" };

export type FailureKind =
  /** What went wrong. */
  | "cause"
  /** What follows from something that may be told elsewhere in the log. */
  | "symptom"
  /** A frame around the cause, with no news of its own. */
  | "wrapper"
  /** Looks bad and is not. */
  | "benign"
  /** Leaves no text; a check finds it and asks for the words. */
  | "silent";

export interface FailureVariant {
  readonly when?: readonly string[];
  readonly bf16?: boolean;
  readonly message?: string;
  readonly hint?: string;
  readonly path?: string;
}

export interface FailureRow {
  readonly code: string;
  readonly kind: FailureKind;
  readonly phase: PhaseName;
  readonly any: readonly string[];
  readonly unit?: readonly string[];
  readonly unless?: readonly string[];
  readonly after?: readonly string[];
  /** Of the config, dotted. */
  readonly path: string | null;
  readonly message: string;
  readonly hint: string;
  readonly variants?: readonly FailureVariant[];
  /** Changes of the config that are right whatever its other values are. */
  readonly set?: readonly { readonly path: string; readonly value: unknown }[];
  /** What advice for this failure has to avoid. */
  readonly mustNot?: readonly string[];
}

// The type of a JSON file is too wide for the unions; a test checks every row against them.
export const FAILURES = table.rows as unknown as readonly FailureRow[];

export const failureOf = (code: string): FailureRow | undefined => FAILURES.find((row) => row.code === code);
