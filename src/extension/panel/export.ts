import { l10n, Uri, window, workspace } from "vscode";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ChartPicture } from "../../core/panel.ts";
import { metricsCsv, metricsJson, report } from "../../core/run/export.ts";
import { openRun, type RunView } from "../../launch/runs.ts";
import { Refusal } from "../refusal.ts";
import { sayer } from "../say.ts";
import { confinement } from "../trust.ts";
import { runFacts } from "./run-facts.ts";

export async function exportMetrics(folder: string, format: "csv" | "json"): Promise<void> {
  const { job, id } = await wholeRun(folder);
  await save(`${id}.${format}`, format === "csv" ? metricsCsv(job) : metricsJson(job));
}

export async function exportReport(folder: string): Promise<void> {
  const view = await wholeRun(folder);
  const { info, id, state, job } = view;
  const { facts } = runFacts(view, null, Date.now() / 1000, sayer);
  const config = await readFile(join(folder, info.config), "utf8");
  await save(`${id}.md`, report({ name: info.name, id, created: info.created, state, facts, config, job }));
}

/** The panel drew it; here it only becomes a file. */
export async function saveChart(picture: ChartPicture, title: string): Promise<void> {
  const name = `${title.replaceAll(/[^\w-]+/g, "-")}.${picture.format}`;
  if (picture.format === "svg") return save(name, picture.svg);
  await write(name, Buffer.from(picture.png, "base64"));
}

async function wholeRun(folder: string): Promise<RunView> {
  const view = await openRun(folder, confinement());
  if (view === null) throw new Refusal(l10n.t("This run is gone."));
  return view;
}

async function save(name: string, text: string): Promise<void> {
  const target = await write(name, new TextEncoder().encode(text));
  if (target !== null) await window.showTextDocument(target);
}

/** null: the person chose no place. */
async function write(name: string, bytes: Uint8Array): Promise<Uri | null> {
  const beside = workspace.workspaceFolders?.[0]?.uri;
  const target = await window.showSaveDialog(
    beside === undefined ? {} : { defaultUri: Uri.joinPath(beside, name) },
  );
  if (target === undefined) return null;
  await workspace.fs.writeFile(target, bytes);
  return target;
}
