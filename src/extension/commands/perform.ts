/** Commands and what they do, behind their guard. */
import { COMMANDS, type CommandId } from "../contributions.ts";
import type { Services } from "../services.ts";
import { askModel } from "./ask-model.ts";
import { checkDataset } from "./check-dataset.ts";
import { compareRuns } from "./compare-runs.ts";
import { cleanUp } from "./clean-up.ts";
import { deleteCheckpoints } from "./delete-checkpoints.ts";
import { deleteRun } from "./delete-run.ts";
import { doctor } from "./doctor.ts";
import { explainLog } from "./explain-log.ts";
import { exportRun } from "./export-run.ts";
import { filterRuns, sortRuns } from "./arrange-runs.ts";
import { guarded } from "./guard.ts";
import { manageTokens } from "./manage-tokens.ts";
import { modalSignIn, modalSignOut, modalVerify } from "./modal-account.ts";
import { modalDashboard } from "./modal-dashboard.ts";
import { modalStrays } from "./modal-strays.ts";
import { modalDelete, modalDownload, modalRefresh } from "./modal-volume.ts";
import { moveSecret } from "./move-secret.ts";
import { newConfig } from "./new-config.ts";
import { openLog } from "./open-log.ts";
import { openPanel } from "./open-panel.ts";
import { openRunConfig } from "./open-run-config.ts";
import { openRunFolder } from "./open-run-folder.ts";
import { cancelWaiting, moveDown, moveUp, queueAgain, runAfter, runNext } from "./queue.ts";
import { renameRun } from "./rename-run.ts";
import { resetCorrections } from "./reset-corrections.ts";
import { resume } from "./resume.ts";
import { duplicateConfig, runAgain } from "./run-again.ts";
import { run } from "./run.ts";
import { runOnModal } from "./run-on-modal.ts";
import { setUpEnvironment } from "./set-up-environment.ts";
import { showEstimate } from "./show-estimate.ts";
import { starRun } from "./star-run.ts";
import { stopAtNextStep, stopNow } from "./stop.ts";

type Handler = (services: Services, ...args: readonly unknown[]) => Promise<void>;

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
  [COMMANDS.exportRun]: exportRun,
  [COMMANDS.askModel]: askModel,
  [COMMANDS.filterRuns]: filterRuns,
  [COMMANDS.sortRuns]: sortRuns,
  [COMMANDS.renameRun]: renameRun,
  [COMMANDS.starRun]: starRun,
  [COMMANDS.deleteRun]: deleteRun,
  [COMMANDS.setUpEnvironment]: setUpEnvironment,
  [COMMANDS.doctor]: doctor,
  [COMMANDS.checkDataset]: checkDataset,
  [COMMANDS.showEstimate]: showEstimate,
  [COMMANDS.resetCorrections]: resetCorrections,
  [COMMANDS.moveSecret]: moveSecret,
  [COMMANDS.manageTokens]: manageTokens,
  [COMMANDS.runOnModal]: runOnModal,
  [COMMANDS.modalSignIn]: modalSignIn,
  [COMMANDS.modalSignOut]: modalSignOut,
  [COMMANDS.modalVerify]: modalVerify,
  [COMMANDS.modalDownload]: modalDownload,
  [COMMANDS.modalDelete]: modalDelete,
  [COMMANDS.modalRefresh]: modalRefresh,
  [COMMANDS.modalStrays]: modalStrays,
  [COMMANDS.modalDashboard]: modalDashboard,
  [COMMANDS.runNext]: runNext,
  [COMMANDS.moveUp]: moveUp,
  [COMMANDS.moveDown]: moveDown,
  [COMMANDS.cancelWaiting]: cancelWaiting,
  [COMMANDS.queueAgain]: queueAgain,
  [COMMANDS.runAfter]: runAfter,
  [COMMANDS.deleteCheckpoints]: deleteCheckpoints,
  [COMMANDS.cleanUp]: cleanUp,
  [COMMANDS.explainLog]: explainLog,
  [COMMANDS.runAgain]: runAgain,
  [COMMANDS.duplicateConfig]: duplicateConfig,
  [COMMANDS.refresh]: ({ store }) => store.refresh(),
};

/** `args`: what the editor hands over; from a tree the row, and every selected row. */
export const perform = (services: Services, id: CommandId, args: readonly unknown[]): Promise<void> =>
  guarded(services.log, id, () => HANDLERS[id](services, ...args))();
