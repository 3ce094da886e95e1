/** What is told about a diagnostic code: in hovers and on its page. */
import type { Severity } from "../problem.ts";

export interface CodeDoc {
  /** As it is reported unless a setting says otherwise. Some codes have a milder form; this is the stronger one. */
  readonly severity: Severity;
  /** Why it is reported. */
  readonly why: string;
  /** What to do. */
  readonly fix: string;
  /** Lines of a config that show it. */
  readonly example: string;
  /** What must be known beside the file. */
  readonly needs?: "machine" | "data" | "files";
}

export type CodeTable = Readonly<Record<string, CodeDoc>>;

type Rest = readonly [why: string, fix: string, example: string, needs?: CodeDoc["needs"]];

const code =
  (severity: Severity) =>
  (...[why, fix, example, needs]: Rest): CodeDoc => ({
    severity,
    why,
    fix,
    example,
    ...(needs ? { needs } : {}),
  });

export const error = code("error");
export const warning = code("warning");
export const information = code("information");
export const hint = code("hint");
