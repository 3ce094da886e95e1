import { l10n, window } from "vscode";
import { describe } from "../../core/run/words.ts";
import type { RunView } from "../../launch/runs.ts";
import { iconOf, inOrder, labels } from "../jobs/items.ts";
import { isRunNode } from "../jobs/tree.ts";
import { withoutIcons } from "../plain-message.ts";
import { Refusal } from "../refusal.ts";
import { sayer } from "../say.ts";
import type { Services } from "../services.ts";

/** The run that a row, a button or the palette means; undefined when the person chose none. */
export async function pickRun(
  { store }: Services,
  argument: unknown,
  fits: (view: RunView) => boolean,
  none: string,
): Promise<RunView | undefined> {
  if (isRunNode(argument)) {
    const view = store.find(argument.folder);
    if (view === undefined) throw new Refusal(l10n.t("This run is gone."));
    return view;
  }
  const views = inOrder(store.views()).filter(fits);
  const [only, ...others] = views;
  if (only === undefined) throw new Refusal(none);
  if (others.length === 0) return only;
  const names = labels(store.views());
  const now = Date.now() / 1000;
  const chosen = await window.showQuickPick(
    views.map((view) => ({
      label: `$(${iconOf(view.state).name}) ${withoutIcons(names.get(view.folder) ?? view.info.name)}`,
      description: describe(view, now, sayer),
      view,
    })),
    { placeHolder: l10n.t("Which run?"), matchOnDescription: true },
  );
  return chosen?.view;
}
