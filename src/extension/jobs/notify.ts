import { commands, l10n, window, type Disposable } from "vscode";
import { hasEnded } from "../../core/run/status.ts";
import { describe, stateWord } from "../../core/run/words.ts";
import type { JobState } from "../../core/run/job.ts";
import type { RunView } from "../../launch/runs.ts";
import { COMMANDS } from "../contributions.ts";
import { plainMessage } from "../plain-message.ts";
import { sayer } from "../say.ts";
import { notifyWhenFinished } from "../settings.ts";
import type { JobStore } from "./store.ts";

/** One message when a run that this window saw going has ended by itself. */
export function notifyAtTheEnd(store: JobStore): Disposable {
  const going = new Set<string>();
  return store.onDidChange(({ changed, removed }) => {
    for (const folder of removed) going.delete(folder);
    for (const view of changed) {
      if (!hasEnded(view.state)) going.add(view.folder);
      else if (going.delete(view.folder) && isNews(view.state) && notifyWhenFinished()) void tell(view);
    }
  });
}

/** Whoever stopped a run knows that it ended. */
const isNews = (state: JobState): boolean => state !== "stopped";

async function tell(view: RunView): Promise<void> {
  const open = l10n.t("Open Panel");
  const state = stateWord(view.state, sayer);
  const words = plainMessage(`${view.info.name}: ${state}. ${describe(view, Date.now() / 1000, sayer)}`);
  const show = view.state === "succeeded" ? window.showInformationMessage : window.showWarningMessage;
  if ((await show(words, open)) === open) {
    await commands.executeCommand(COMMANDS.openPanel, { kind: "run", folder: view.folder });
  }
}
