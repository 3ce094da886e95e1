import { l10n, ProgressLocation, Uri, window, workspace } from "vscode";
import { inspect } from "../../core/data/inspect.ts";
import { wishFor } from "../../launch/config-data.ts";
import { gunzip } from "../../launch/data-file.ts";
import { withDataFile } from "../data-file.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { unsavedTexts } from "../unsaved-texts.ts";
import { datasetText } from "./dataset-text.ts";
import { findConfigs } from "./pick-config.ts";

const DATA = /\.(jsonl|ndjson|json|csv|tsv|txt)(\.gz)?$/i;

const MOST_CONFIGS = 50;

/** Reads a whole data file and shows what is in it and what is wrong, line by line. */
export async function checkDataset({ pages }: Services, argument: unknown): Promise<void> {
  const file = await pickData(argument);
  if (file === undefined) return;
  const name = workspace.asRelativePath(file);
  const wish = await wishOf(file);
  const report = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t("Reading {0}", name), cancellable: true },
    (_progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return withDataFile(file, (source) =>
        inspect(source, { ...wish?.options, name, gunzip, signal: abort.signal }),
      );
    },
  );
  await pages.show(`${name}.md`, datasetText(report, wish && workspace.asRelativePath(wish.config)));
}

/** A file that a config names is read as that config wants it: its format, its columns, its limit of length. */
async function wishOf(file: Uri): Promise<Awaited<ReturnType<typeof wishFor>>> {
  // Reading a config follows its extends, which may lead out of an untrusted folder.
  if (file.scheme !== "file" || !workspace.isTrusted) return null;
  const configs = (await findConfigs(MOST_CONFIGS)).filter(({ scheme }) => scheme === "file");
  return wishFor(
    file.fsPath,
    configs.map(({ fsPath }) => fsPath),
    unsavedTexts(),
  );
}

async function pickData(argument: unknown): Promise<Uri | undefined> {
  if (argument instanceof Uri) return argument;
  if (typeof argument === "string") return Uri.parse(argument, true);
  const open = window.activeTextEditor?.document.uri;
  if (open !== undefined && DATA.test(open.path)) return open;
  const found = await workspace.findFiles(
    "**/*.{jsonl,ndjson,json,csv,tsv,txt,gz}",
    "**/{node_modules,.finetune,.venv,venv}/**",
    500,
  );
  const files = found.filter(({ path }) => DATA.test(path)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  if (files.length === 0)
    throw new Refusal(l10n.t("There is no JSONL, JSON, CSV, TSV or text file in this workspace."));
  const chosen = await window.showQuickPick(
    files.map((uri) => ({ label: workspace.asRelativePath(uri), uri })),
    { placeHolder: l10n.t("Which data file?") },
  );
  return chosen?.uri;
}
