/** Tasks of the type `finetune`: a training as a step of tasks.json, with the exit code of the command line. */
import {
  ProcessExecution,
  Task,
  TaskScope,
  Uri,
  tasks,
  workspace,
  type Disposable,
  type TaskDefinition,
  type WorkspaceFolder,
} from "vscode";
import { findConfigs } from "../commands/pick-config.ts";
import { TASK_TYPE } from "../contributions.ts";
import { readText, runsRoot } from "../settings.ts";
import { taskCommand } from "./task-command.ts";

export const registerTasks = (extension: Uri): Disposable =>
  tasks.registerTaskProvider(TASK_TYPE, {
    /** One for each config of the workspace. */
    async provideTasks() {
      const configs = (await findConfigs()).filter(({ scheme }) => scheme === "file");
      return configs.flatMap((uri) => {
        const folder = workspace.getWorkspaceFolder(uri);
        if (folder === undefined) return [];
        const config = workspace.asRelativePath(uri, false);
        return [taskOf(extension, { type: TASK_TYPE, config }, folder)];
      });
    },
    /** A task of tasks.json; one without a config cannot be run, and the editor says so. */
    resolveTask({ definition, scope }) {
      const folder = typeof scope === "object" ? scope : workspace.workspaceFolders?.[0];
      return typeof definition["config"] === "string" ? taskOf(extension, definition, folder) : undefined;
    },
  });

function taskOf(extension: Uri, definition: TaskDefinition, folder: WorkspaceFolder | undefined): Task {
  const config = String(definition["config"]);
  const { program, args, env } = taskCommand({
    config,
    node: process.execPath,
    cli: Uri.joinPath(extension, "dist", "cli.js").fsPath,
    python: readText("pythonPath", folder?.uri),
    runsFolder: runsRoot(folder?.uri),
    whenClosed: definition["whenClosed"] === "stop" ? "stop" : "leave",
  });
  const options = { env: { ...env }, ...(folder === undefined ? {} : { cwd: folder.uri.fsPath }) };
  const execution = new ProcessExecution(program, [...args], options);
  return new Task(definition, folder ?? TaskScope.Workspace, config, TASK_TYPE, execution, []);
}
