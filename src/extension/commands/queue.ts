/** The queue by hand: who comes next, who waits no more, and what waits for another run. */
import { l10n, ProgressLocation, window } from "vscode";
import { hasEnded, wasWaiting } from "../../core/run/status.ts";
import { moveAhead, moveBy } from "../../launch/queue.ts";
import type { RunView } from "../../launch/runs.ts";
import { resumeRun, stopRun } from "../../launch/start.ts";
import { isRunNode } from "../jobs/tree.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { pickRun } from "./pick-run.ts";
import { startConfig } from "./run.ts";

const isWaiting = ({ state }: RunView): boolean => state === "queued";
const hasWaited = ({ job, state }: RunView): boolean => wasWaiting(job, state);

/** Before all others that wait. */
export const runNext = (services: Services, argument: unknown): Promise<void> =>
  move(services, argument, (run) => moveAhead(services.machine.data, run));

export const moveUp = (services: Services, argument: unknown): Promise<void> =>
  move(services, argument, (run) => moveBy(services.machine.data, run, -1));

export const moveDown = (services: Services, argument: unknown): Promise<void> =>
  move(services, argument, (run) => moveBy(services.machine.data, run, 1));

async function move(
  services: Services,
  argument: unknown,
  work: (run: string) => Promise<void>,
): Promise<void> {
  requireTrust();
  const view = await pickRun(services, argument, isWaiting, l10n.t("No run is waiting."));
  if (view === undefined) return;
  await work(view.folder);
  await services.store.refresh();
}

/** Nothing was trained yet, so there is nothing to ask: it can be queued again. */
export async function cancelWaiting(
  services: Services,
  argument: unknown,
  selection: unknown,
): Promise<void> {
  requireTrust();
  const views = await chosen(services, argument, selection, isWaiting, l10n.t("No run is waiting."));
  for (const { folder } of views) await stopRun(folder);
  await services.store.refresh();
}

/** What a restart of the machine took out of the queue goes back into it, oldest first. */
export async function queueAgain(services: Services, argument: unknown, selection: unknown): Promise<void> {
  requireTrust();
  const views = await chosen(
    services,
    argument,
    selection,
    hasWaited,
    l10n.t("No run lost its place in the queue."),
  );
  await window.withProgress(
    { location: ProgressLocation.Window, title: l10n.t("Queueing again") },
    async () => {
      for (const { folder } of views.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
        await resumeRun(await services.machine.site(folder), folder);
      }
    },
  );
  await services.store.refresh();
}

/** Starts a config that waits for this run, however it ends. */
export async function runAfter(services: Services, argument: unknown): Promise<void> {
  requireTrust();
  const view = await pickRun(
    services,
    argument,
    ({ state, info }) => !hasEnded(state) && state !== "unknown" && info.target === "local",
    l10n.t("Nothing is running."),
  );
  if (view !== undefined) await startConfig(services, undefined, { after: view.folder });
}

/** The selected rows that fit, the one row, or without any all that fit. */
async function chosen(
  { store }: Services,
  argument: unknown,
  selection: unknown,
  fits: (view: RunView) => boolean,
  none: string,
): Promise<RunView[]> {
  const nodes = Array.isArray(selection) && selection.length > 1 ? selection : [argument];
  const rows = nodes.filter(isRunNode);
  const views = (rows.length === 0 ? store.views() : rows.map(({ folder }) => store.find(folder))).filter(
    (view) => view !== undefined,
  );
  const fitting = views.filter(fits);
  if (fitting.length === 0) throw new Refusal(none);
  return fitting;
}
