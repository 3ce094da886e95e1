import { l10n, window, type QuickPickItem } from "vscode";
import { KINDS, SORTS, type Arrangement, type Sort } from "../jobs/arrangement.ts";
import { kindWord } from "../jobs/kind-word.ts";
import type { Services } from "../services.ts";

interface Choice extends QuickPickItem {
  readonly change: Partial<Arrangement>;
}

/** What is typed is a part of a name; the rows below are kinds of runs. */
export async function filterRuns({ arrangement }: Services): Promise<void> {
  const kinds = KINDS.map((kind): Choice => ({
    label: kindWord(kind),
    picked: kind === arrangement.now.kind,
    change: kind === "all" ? { kind, text: "" } : { kind },
  }));
  const chosen = await pick(kinds, arrangement.now.text);
  if (chosen !== undefined) await arrangement.change(chosen.change);
}

function pick(kinds: readonly Choice[], text: string): Promise<Choice | undefined> {
  const list = window.createQuickPick<Choice>();
  list.title = l10n.t("Filter Runs");
  list.placeholder = l10n.t("Part of a name, or a kind of run");
  const offer = (): void => {
    const typed = list.value.trim();
    const named: Choice = {
      label: l10n.t('Name has "{0}"', typed),
      alwaysShow: true,
      change: { text: typed },
    };
    list.items = typed === "" ? kinds : [named, ...kinds];
  };
  list.value = text;
  offer();
  list.onDidChangeValue(offer);
  return new Promise((done) => {
    list.onDidAccept(() => {
      done(list.activeItems[0]);
      list.hide();
    });
    list.onDidHide(() => {
      done(undefined);
      list.dispose();
    });
    list.show();
  });
}

export async function sortRuns({ arrangement }: Services): Promise<void> {
  const chosen = await window.showQuickPick(
    SORTS.map((sort) => ({
      label: sortWord(sort),
      description: sort === arrangement.now.sort ? l10n.t("now") : "",
      sort,
    })),
    { title: l10n.t("Sort Runs"), placeHolder: l10n.t("Runs that are going stand first in any order") },
  );
  if (chosen !== undefined) await arrangement.change({ sort: chosen.sort });
}

function sortWord(sort: Sort): string {
  const words: Readonly<Record<Sort, string>> = {
    newest: l10n.t("Newest first"),
    name: l10n.t("Name"),
    loss: l10n.t("Lowest loss first"),
    duration: l10n.t("Shortest first"),
  };
  return words[sort];
}
