/** Settings, read where they are needed so that a change counts at once. */
import { workspace, type Uri } from "vscode";
import type { Retention } from "../launch/retention.ts";
import { SETTINGS } from "./contributions.ts";

/**
 * Empty where the workspace is not trusted: these settings are restricted, so the editor itself then
 * leaves out what the workspace says and this reads the user's own value.
 */
export function readText(name: "pythonPath" | "runsFolder", scope?: Uri): string | undefined {
  const { key } = SETTINGS[name];
  const value = workspace.getConfiguration(undefined, scope ?? null).get<unknown>(key);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** The root of all runs, where somebody named one; the setting beats the environment. */
export const runsRoot = (scope?: Uri): string | undefined =>
  readText("runsFolder", scope) ?? (process.env["FINETUNE_RUNS_DIR"] || undefined);

export const notifyWhenFinished = (): boolean =>
  workspace
    .getConfiguration()
    .get<unknown>(SETTINGS.notifyWhenFinished.key, SETTINGS.notifyWhenFinished.default) !== false;

/** What may be deleted by itself. */
export function retention(): Retention {
  const unexported = workspace.getConfiguration().get<unknown>(SETTINGS.retentionUnexported.key) === true;
  return { days: limit("retentionDays"), runs: limit("retentionRuns"), unexported };
}

/** A value that is no number keeps everything. */
function limit(name: "retentionDays" | "retentionRuns"): number {
  const value = workspace.getConfiguration().get<unknown>(SETTINGS[name].key);
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
