import { commands, type Disposable } from "vscode";
import { COMMANDS, type CommandId } from "../contributions.ts";
import { DisposableStore } from "../dispose.ts";
import type { Services } from "../services.ts";
import { checkDataset } from "./check-dataset.ts";
import { compareRuns } from "./compare-runs.ts";
import { deleteRun } from "./delete-run.ts";
import { doctor } from "./doctor.ts";
import { guarded } from "./guard.ts";
import { newConfig } from "./new-config.ts";
import { openLog } from "./open-log.ts";
import { openPanel } from "./open-panel.ts";
import { openRunConfig } from "./open-run-config.ts";
import { openRunFolder } from "./open-run-folder.ts";
import { renameRun } from "./rename-run.ts";
import { resume } from "./resume.ts";
import { run } from "./run.ts";
import { setUpEnvironment } from "./set-up-environment.ts";
import { starRun } from "./star-run.ts";
import { stop } from "./stop.ts";

type Handler = (services: Services, argument?: unknown, selection?: unknown) => Promise<void>;

/** What the extension can do. Reading this table is reading the feature list. */
const HANDLERS: Readonly<Record<CommandId, Handler>> = {
  [COMMANDS.newConfig]: newConfig,
  [COMMANDS.run]: run,
  [COMMANDS.stop]: (services, argument) => stop(services, "graceful", argument),
  [COMMANDS.stopNow]: (services, argument) => stop(services, "now", argument),
  [COMMANDS.resume]: resume,
  [COMMANDS.openPanel]: openPanel,
  [COMMANDS.openRunFolder]: openRunFolder,
  [COMMANDS.openRunConfig]: openRunConfig,
  [COMMANDS.openLog]: openLog,
  [COMMANDS.compareRuns]: compareRuns,
  [COMMANDS.renameRun]: renameRun,
  [COMMANDS.starRun]: starRun,
  [COMMANDS.deleteRun]: deleteRun,
  [COMMANDS.setUpEnvironment]: setUpEnvironment,
  [COMMANDS.doctor]: doctor,
  [COMMANDS.checkDataset]: checkDataset,
  [COMMANDS.refresh]: ({ store }) => store.refresh(),
};

export function registerCommands(services: Services): Disposable {
  const disposables = new DisposableStore();
  for (const [id, handler] of Object.entries(HANDLERS)) {
    const work = (argument: unknown, selection: unknown): Promise<void> =>
      handler(services, argument, selection);
    disposables.add(commands.registerCommand(id, guarded(services.log, id, work)));
  }
  return disposables;
}
