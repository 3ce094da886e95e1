import { l10n, StatusBarAlignment, window, type Disposable } from "vscode";
import type { JobState } from "../../core/run/job.ts";
import { hasEnded, shareDone } from "../../core/run/status.ts";
import { paidText, remoteText } from "../../core/run/remote-words.ts";
import { headline, stateWord } from "../../core/run/words.ts";
import { metric } from "../../core/units.ts";
import type { RunView } from "../../launch/runs.ts";
import { COMMANDS } from "../contributions.ts";
import { DisposableStore } from "../dispose.ts";
import { withoutIcons } from "../plain-message.ts";
import { sayer } from "../say.ts";
import { Throttle } from "../throttle.ts";
import type { JobStore } from "./store.ts";

const REFRESH_EVERY_MS = 500;

/** States that do not spin. */
const ICONS: Readonly<Partial<Record<JobState, string>>> = {
  queued: "clock",
  silent: "watch",
  stopping: "debug-stop",
};

/** One item while something runs: the newest run, and how many more. */
export function createStatusBar(store: JobStore): Disposable {
  const disposables = new DisposableStore();
  const item = disposables.add(window.createStatusBarItem("finetune.run", StatusBarAlignment.Left, 10));
  item.name = l10n.t("Fine-tune run");
  const show = (): void => {
    const going = store.views().filter(({ state }) => !hasEnded(state) && state !== "unknown");
    const newest = going.find(({ state }) => state !== "queued") ?? going[0];
    if (newest === undefined) {
      item.hide();
      return;
    }
    item.text = statusText(newest, going.length - 1);
    item.tooltip = headline(newest, Date.now() / 1000, sayer);
    item.accessibilityInformation = { label: `${newest.info.name}, ${item.tooltip}`, role: "button" };
    item.command = {
      command: COMMANDS.openPanel,
      title: "",
      arguments: [{ kind: "run", folder: newest.folder }],
    };
    item.show();
  };
  const throttle = disposables.add(new Throttle<"show">(REFRESH_EVERY_MS, show));
  disposables.add(store.onDidChange(() => throttle.push("show")));
  return disposables;
}

/** "$(sync~spin) support-triage 64 % · 0.61", "$(clock) house-style queued". */
export function statusText({ state, info, job, remote }: RunView, others: number): string {
  const share = shareDone(job);
  const now = Date.now() / 1000;
  const elsewhere = remote === null ? null : remoteText(remote, state, now, sayer);
  const parts = [
    elsewhere ??
      (share === null || job.step === 0 ? stateWord(state, sayer) : `${Math.round(share * 100)} %`),
    job.loss === null ? null : metric(job.loss),
    paidText(remote, now),
    others > 0 ? `+${others}` : null,
  ];
  const icon = ICONS[state] ?? "sync~spin";
  return `$(${icon}) ${withoutIcons(info.name)} ${parts.filter((part) => part !== null).join(" · ")}`;
}
