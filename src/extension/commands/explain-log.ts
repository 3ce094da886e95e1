import { env, l10n, Uri, window, workspace } from "vscode";
import { basename } from "node:path";
import { parse } from "../../core/config/parse.ts";
import { explain, type Explanation } from "../../core/failures/explain.ts";
import { explainLogFile } from "../../launch/explain-log.ts";
import { lastWords, lastWordsOf } from "../../launch/last-words.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { explanationPage, type ConfigOfLog } from "./explanation-text.ts";
import { findConfigs } from "./pick-config.ts";

/** A log as it was named: a file of any size, or a text that is open or was copied. */
type Source =
  | { readonly kind: "file"; readonly uri: Uri }
  | { readonly kind: "text"; readonly name: string; readonly text: string };

/** Why any log ends as it does, whoever wrote it: cause, line, fix and the key of the config. */
export async function explainLog({ pages }: Services, argument: unknown): Promise<void> {
  const source = argument instanceof Uri ? await fromUri(argument) : await pickSource();
  if (source === undefined) return;
  const { name, found, last } = await read(source);
  await pages.show(
    `${l10n.t("Explained")} ${name}.md`,
    explanationPage({ name, found, last, config: await onlyConfig() }),
  );
}

interface Reading {
  readonly name: string;
  readonly found: readonly Explanation[];
  /** What the log ends with. */
  readonly last: string | null;
}

async function read(source: Source): Promise<Reading> {
  if (source.kind === "text") {
    const { name, text } = source;
    return { name, found: explain(text), last: lastWords(text.split("\n")) };
  }
  const { fsPath } = source.uri;
  return { name: basename(fsPath), found: await explainLogFile(fsPath), last: await lastWordsOf(fsPath) };
}

/** On a disk a file is read in pieces; elsewhere the editor gives its text. */
async function fromUri(uri: Uri): Promise<Source> {
  if (uri.scheme === "file") return { kind: "file", uri };
  return { kind: "text", name: basename(uri.path), text: (await workspace.openTextDocument(uri)).getText() };
}

interface Choice {
  readonly label: string;
  readonly description?: string;
  readonly take: () => Promise<Source | undefined>;
}

async function pickSource(): Promise<Source | undefined> {
  const editor = window.activeTextEditor?.document;
  const choices: Choice[] = [
    ...(editor === undefined
      ? []
      : [
          {
            label: l10n.t("$(file-text) The open editor"),
            description: basename(editor.fileName),
            take: async (): Promise<Source> => ({
              kind: "text",
              name: basename(editor.fileName),
              text: editor.getText(),
            }),
          },
        ]),
    { label: l10n.t("$(clippy) The clipboard"), take: fromClipboard },
    { label: l10n.t("$(folder-opened) A file…"), take: fromFile },
  ];
  const chosen = await window.showQuickPick(choices, { placeHolder: l10n.t("Which log?") });
  return chosen?.take();
}

async function fromClipboard(): Promise<Source> {
  const text = await env.clipboard.readText();
  if (text.trim() === "") throw new Refusal(l10n.t("The clipboard holds no text. Copy the log first."));
  return { kind: "text", name: l10n.t("clipboard"), text };
}

async function fromFile(): Promise<Source | undefined> {
  const [uri] = (await window.showOpenDialog({ openLabel: l10n.t("Explain") })) ?? [];
  return uri === undefined ? undefined : fromUri(uri);
}

/** Lines can be named where there is one config; which of several wrote a foreign log nobody knows. */
async function onlyConfig(): Promise<ConfigOfLog | null> {
  const [uri, ...others] = await findConfigs(2);
  if (uri === undefined || others.length > 0) return null;
  const document = await workspace.openTextDocument(uri);
  const parsed = parse(document.getText());
  return {
    name: workspace.asRelativePath(uri),
    lineOf: (path) => parsed.lineAt(parsed.nearestSpan(path.split("."), "key").start),
  };
}
