import { CompletionItemKind } from "vscode-languageserver-types";
import { fileName, folderOf, hasDataExtension, resolvePath, withSlashes } from "../core/config/paths.ts";
import { keyOf } from "../core/config/value.ts";
import type { Entry } from "./completion-world.ts";
import type { Cursor } from "./cursor.ts";
import type { Choice } from "./insertion.ts";
import { inSnippet, writeScalar } from "./scalar.ts";

/** Which files make sense for a key; folders are always offered as a way down. */
const FILES: Readonly<Record<string, (name: string) => boolean>> = {
  model: () => false,
  "model.name": () => false,
  extends: (name) => /(^|\.)finetune\.ya?ml$/i.test(name),
  dataset: hasDataExtension,
  "dataset.path": hasDataExtension,
  eval_dataset: hasDataExtension,
  "eval_dataset.path": hasDataExtension,
  "dataset.chat_template": (name) => /\.(jinja2?|j2)$/i.test(name),
  "eval_dataset.chat_template": (name) => /\.(jinja2?|j2)$/i.test(name),
  "training.grpo.reward_funcs": (name) => /\.py$/i.test(name),
};

/** What was typed before the last slash: "data/su" → "data/". */
const typedFolder = (typed: string): string => typed.slice(0, withSlashes(typed).lastIndexOf("/") + 1);

/** The folder whose entries would help at the cursor; null where no path belongs. `place` is the config's own. */
export function wantedFolder(cursor: Cursor, text: string, offset: number, place: string): string | null {
  if (cursor.want === "key" || FILES[keyOf(cursor.path)] === undefined) return null;
  const folder = typedFolder(text.slice(cursor.span.start, offset));
  return folder === "" ? folderOf(place) : resolvePath(place, folder);
}

/** `entries` are those of `wantedFolder`. A folder opens the list again, for the next part of the path. */
export function pathChoices(
  cursor: Cursor,
  typed: string,
  place: string,
  entries: readonly Entry[],
): Choice[] {
  const fits = FILES[keyOf(cursor.path)];
  if (fits === undefined) return [];
  const folder = typedFolder(typed);
  // A model is a folder only when it is written as one; a bare word is a name on the Hub.
  const modelKey = keyOf(cursor.path).startsWith("model");
  const lead = modelKey && folder === "" ? "./" : folder;
  return entries
    .filter((entry) => !entry.name.startsWith(".") && (entry.kind === "folder" || fits(entry.name)))
    .filter((entry) => !(folder === "" && entry.kind === "file" && entry.name === fileName(place)))
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .map((entry) => {
      const path = lead + entry.name + (entry.kind === "folder" ? "/" : "");
      const isFolder = entry.kind === "folder";
      return {
        label: path,
        insert: inSnippet(writeScalar(path, cursor)),
        suggest: isFolder && !modelKey,
        item: { kind: isFolder ? CompletionItemKind.Folder : CompletionItemKind.File },
      };
    });
}

const rank = (entry: Entry): number => (entry.kind === "file" ? 0 : 1);
