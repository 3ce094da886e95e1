import { commands, env, Uri, type LogOutputChannel } from "vscode";
import { join, relative, isAbsolute } from "node:path";
import type { ChartPicture, PanelAction } from "../../core/panel.ts";
import { openRun, type RunView } from "../../launch/runs.ts";
import { COMMANDS } from "../contributions.ts";
import { guarded } from "../commands/guard.ts";
import { showConfig } from "../commands/open-run-config.ts";
import { showLog } from "../commands/open-log.ts";
import type { Services } from "../services.ts";
import { confinement } from "../trust.ts";
import { applyFix } from "./apply-fix.ts";
import { exportMetrics, exportReport, saveChart } from "./export.ts";
import { openPlace } from "./open-place.ts";
import { resumeFrom } from "./resume-from.ts";

/** What the buttons of a panel do, behind the guard of all commands. */
export const performAction = (services: Services, folder: string, action: PanelAction): Promise<void> =>
  guarded(services.log, `panel ${action.name}`, () => act(services, folder, action))();

/** The chart of a comparison as a file. */
export const keepChart = (
  log: LogOutputChannel,
  { picture, title }: { readonly picture: ChartPicture; readonly title: string },
): Promise<void> => guarded(log, "save chart", () => saveChart(picture, title))();

/** The store may not know the run when its root lies elsewhere. */
async function act({ store }: Services, folder: string, action: PanelAction): Promise<void> {
  const node = { kind: "run", folder };
  const view = async (): Promise<RunView | null> => store.find(folder) ?? openRun(folder, confinement());
  switch (action.name) {
    case "stop":
      return void (await commands.executeCommand(COMMANDS.stop, node));
    case "stopNow":
      return void (await commands.executeCommand(COMMANDS.stopNow, node));
    case "resume":
      return void (await commands.executeCommand(COMMANDS.resume, node));
    case "folder":
      return void (await commands.executeCommand(COMMANDS.openRunFolder, node));
    case "config":
      return void (await commands.executeCommand(COMMANDS.openRunConfig, node));
    case "log":
      return void (await commands.executeCommand(COMMANDS.openLog, node));
    case "compare":
      return void (await commands.executeCommand(COMMANDS.compareRuns, node));
    case "exportRun":
      return void (await commands.executeCommand(COMMANDS.exportRun, node));
    case "ask":
      return void (await commands.executeCommand(COMMANDS.askModel, node));
    case "resumeFrom":
      return resumeFrom(folder, action.step);
    case "copy":
      return env.clipboard.writeText(action.text);
    case "openFileAt": {
      const run = await view();
      return run === null ? undefined : openPlace(run, action.path, action.line);
    }
    case "applyFix": {
      const run = await view();
      return run === null ? undefined : applyFix(run);
    }
    case "openLogAt": {
      const run = await view();
      return run === null ? undefined : showLog(run, action.line);
    }
    case "openConfigAt": {
      const run = await view();
      return run === null ? undefined : showConfig(run, action.path);
    }
    case "reveal":
      return reveal(folder, action.path);
    case "exportMetrics":
      return exportMetrics(folder, action.format);
    case "exportReport":
      return exportReport(folder);
    case "saveChart":
      return saveChart(action.picture, action.title);
  }
}

/** Paths come from events, so from whatever trained: only what lies in the run folder is shown. */
async function reveal(folder: string, path: string): Promise<void> {
  const target = join(folder, path);
  const inside = relative(folder, target);
  if (isAbsolute(path) || inside.startsWith("..") || isAbsolute(inside)) return;
  await commands.executeCommand("revealInExplorer", Uri.file(target));
}
