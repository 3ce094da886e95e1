import { l10n, Uri, window, workspace } from "vscode";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { metricsCsv, metricsJson, report } from "../../core/run/export.ts";
import { openRun, type RunView } from "../../launch/runs.ts";
import { Refusal } from "../refusal.ts";
import { runFacts } from "./run-facts.ts";

export async function exportMetrics(folder: string, format: "csv" | "json"): Promise<void> {
  const { job, id } = await wholeRun(folder);
  await save(`${id}.${format}`, format === "csv" ? metricsCsv(job) : metricsJson(job));
}

export async function exportReport(folder: string): Promise<void> {
  const view = await wholeRun(folder);
  const { info, id, state, job } = view;
  const { facts } = runFacts(view, null, Date.now() / 1000);
  const config = await readFile(join(folder, info.config), "utf8");
  await save(`${id}.md`, report({ name: info.name, id, created: info.created, state, facts, config, job }));
}

/** The panel drew it; here it only becomes a file. */
export const saveChart = (svg: string, title: string): Promise<void> =>
  save(`${title.replaceAll(/[^\w-]+/g, "-")}.svg`, svg);

async function wholeRun(folder: string): Promise<RunView> {
  const view = await openRun(folder);
  if (view === null) throw new Refusal(l10n.t("This run is gone."));
  return view;
}

async function save(name: string, text: string): Promise<void> {
  const beside = workspace.workspaceFolders?.[0]?.uri;
  const target = await window.showSaveDialog(
    beside === undefined ? {} : { defaultUri: Uri.joinPath(beside, name) },
  );
  if (target === undefined) return;
  await workspace.fs.writeFile(target, new TextEncoder().encode(text));
  await window.showTextDocument(target);
}
