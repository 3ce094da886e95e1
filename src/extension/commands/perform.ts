/** Commands and what they do, behind their guard. */
import { COMMANDS, type CommandId } from "../contributions.ts";
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
import { resetCorrections } from "./reset-corrections.ts";
import { resume } from "./resume.ts";
import { run } from "./run.ts";
import { setUpEnvironment } from "./set-up-environment.ts";
import { showEstimate } from "./show-estimate.ts";
import { starRun } from "./star-run.ts";
import { stopAtNextStep, stopNow } from "./stop.ts";

type Handler = (services: Services, argument?: unknown, selection?: unknown) => Promise<void>;

/** What the extension can do: reading this table is reading the feature list. */
const HANDLERS: Readonly<Record<CommandId, Handler>> = {
  [COMMANDS.newConfig]: newConfig,
  [COMMANDS.run]: run,
  [COMMANDS.stop]: stopAtNextStep,
  [COMMANDS.stopNow]: stopNow,
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
  [COMMANDS.showEstimate]: showEstimate,
  [COMMANDS.resetCorrections]: resetCorrections,
  [COMMANDS.refresh]: ({ store }) => store.refresh(),
};

/** `selection`: every selected row, when the command was chosen on one of them. */
export const perform = (
  services: Services,
  id: CommandId,
  argument: unknown,
  selection: unknown,
): Promise<void> => guarded(services.log, id, () => HANDLERS[id](services, argument, selection))();
