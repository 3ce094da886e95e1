import { Uri } from "vscode";
import { basename } from "node:path";

export const LOG_SCHEME = "finetune-log";

/** Which log, and which part of it when it is too large to be shown whole. */
export interface LogAddress {
  readonly file: string;
  /** From 1; absent: its end. */
  readonly line?: number;
}

/** `name` is what the tab says. The address outlives a reload of the window, so it carries everything. */
export const logUri = (name: string, { file, line }: LogAddress): Uri =>
  Uri.from({
    scheme: LOG_SCHEME,
    path: `/${name.replaceAll(/[\\/?#]/g, "-")}.log`,
    query: JSON.stringify({ file, line }),
  });

/** null: not an address of ours. Anybody may make such an address, so it opens logs of runs and no other file. */
export function logAddress({ query }: Uri): LogAddress | null {
  let parts: unknown;
  try {
    parts = JSON.parse(query);
  } catch {
    return null;
  }
  if (typeof parts !== "object" || parts === null) return null;
  const { file, line }: Partial<Record<keyof LogAddress, unknown>> = parts;
  if (typeof file !== "string" || !/^output\.\d+\.log$/.test(basename(file))) return null;
  return { file, ...(typeof line === "number" && Number.isInteger(line) && line > 0 ? { line } : {}) };
}
