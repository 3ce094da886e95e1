import { commands, type Disposable } from "vscode";
import { COMMANDS, type CommandId } from "../contributions.ts";
import { DisposableStore } from "../dispose.ts";
import type { Services } from "../services.ts";
import { guarded } from "./guard.ts";

type Handler = (services: Services, argument?: unknown, selection?: unknown) => Promise<void>;

const refresh: Handler = ({ store }) => store.refresh();

/**
 * What the extension can do: reading this table is reading the feature list. Each is loaded when it is first
 * used, so that a window which only shows its runs does not pay for the checks of configs.
 */
const HANDLERS: Readonly<Record<CommandId, () => Promise<Handler>>> = {
  [COMMANDS.newConfig]: async () => (await import("./new-config.ts")).newConfig,
  [COMMANDS.run]: async () => (await import("./run.ts")).run,
  [COMMANDS.stop]: async () => (await import("./stop.ts")).stopAtNextStep,
  [COMMANDS.stopNow]: async () => (await import("./stop.ts")).stopNow,
  [COMMANDS.resume]: async () => (await import("./resume.ts")).resume,
  [COMMANDS.openPanel]: async () => (await import("./open-panel.ts")).openPanel,
  [COMMANDS.openRunFolder]: async () => (await import("./open-run-folder.ts")).openRunFolder,
  [COMMANDS.openRunConfig]: async () => (await import("./open-run-config.ts")).openRunConfig,
  [COMMANDS.openLog]: async () => (await import("./open-log.ts")).openLog,
  [COMMANDS.compareRuns]: async () => (await import("./compare-runs.ts")).compareRuns,
  [COMMANDS.renameRun]: async () => (await import("./rename-run.ts")).renameRun,
  [COMMANDS.starRun]: async () => (await import("./star-run.ts")).starRun,
  [COMMANDS.deleteRun]: async () => (await import("./delete-run.ts")).deleteRun,
  [COMMANDS.setUpEnvironment]: async () => (await import("./set-up-environment.ts")).setUpEnvironment,
  [COMMANDS.doctor]: async () => (await import("./doctor.ts")).doctor,
  [COMMANDS.checkDataset]: async () => (await import("./check-dataset.ts")).checkDataset,
  [COMMANDS.showEstimate]: async () => (await import("./show-estimate.ts")).showEstimate,
  [COMMANDS.resetCorrections]: async () => (await import("./reset-corrections.ts")).resetCorrections,
  [COMMANDS.refresh]: async () => refresh,
};

export function registerCommands(services: Services): Disposable {
  const disposables = new DisposableStore();
  for (const [id, load] of Object.entries(HANDLERS)) {
    const work = async (argument: unknown, selection: unknown): Promise<void> => {
      const handler = await load();
      await handler(services, argument, selection);
    };
    disposables.add(commands.registerCommand(id, guarded(services.log, id, work)));
  }
  return disposables;
}
