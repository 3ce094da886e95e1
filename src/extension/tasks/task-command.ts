/** What a task starts: the command line, by the editor's own Node, whose exit codes are the task's. */

export interface TaskWish {
  /** Path of the config, as the task names it: relative to the folder, or with variables of the editor. */
  readonly config: string;
  /** The program that runs this extension. */
  readonly node: string;
  /** The bundled command line. */
  readonly cli: string;
  /** Settings of the folder; undefined: not set. */
  readonly python: string | undefined;
  readonly runsFolder: string | undefined;
  /** `stop`: a closed or terminated task asks its run to stop at the next step. `leave`: the run goes on. */
  readonly whenClosed: "leave" | "stop";
}

export interface TaskCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export function taskCommand({ config, node, cli, python, runsFolder, whenClosed }: TaskWish): TaskCommand {
  return {
    program: node,
    args: [cli, "run", config, ...(whenClosed === "stop" ? ["--stop-when-closed"] : [])],
    env: {
      // Under the desktop application the program is the editor itself, which this turns into Node.
      ELECTRON_RUN_AS_NODE: "1",
      ...(python === undefined ? {} : { FINETUNE_PYTHON: python }),
      ...(runsFolder === undefined ? {} : { FINETUNE_RUNS_DIR: runsFolder }),
    },
  };
}
