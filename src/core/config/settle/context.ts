/** What the sections of a config need from each other, and the local files that they name. */
import type { ResolvedConfig } from "../../run/plan.ts";
import type { ConfigPath } from "../problem.ts";

export type PathKind = "file" | "folder" | "missing" | "refused" | undefined;

export interface SettleContext {
  /** The place that a path means, relative to the file that names it. */
  readonly locate: (at: ConfigPath, path: string) => string;
  /** What lies at a place, as far as it is known. */
  readonly kindOf: (place: string) => PathKind;
  /** Local inputs found so far: the plan names them by id. */
  readonly locals: ResolvedConfig["locals"];
}

/** Notes a local input and returns its id. */
export function addLocal(
  context: SettleContext,
  id: string,
  at: ConfigPath,
  source: string,
  expected: "file" | "folder",
): string {
  const path = context.locate(at, source);
  const kind = context.kindOf(path);
  context.locals[id] = { source, path, kind: kind === "file" || kind === "folder" ? kind : expected };
  return id;
}
