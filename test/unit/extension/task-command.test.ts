import { expect, test } from "vitest";
import { taskCommand } from "../../../src/extension/tasks/task-command.ts";

const wish = {
  config: "configs/support.finetune.yaml",
  node: "/usr/share/code/code",
  cli: "/ext/dist/cli.js",
  python: undefined,
  runsFolder: undefined,
  whenClosed: "leave",
} as const;

test("a task is the command line, run by the editor's own Node", () => {
  expect(taskCommand(wish)).toEqual({
    program: "/usr/share/code/code",
    args: ["/ext/dist/cli.js", "run", "configs/support.finetune.yaml"],
    env: { ELECTRON_RUN_AS_NODE: "1" },
  });
});

test("settings of the folder count, and a closed task stops its run only when that was asked for", () => {
  const { args, env } = taskCommand({ ...wish, python: "/p", runsFolder: "/r", whenClosed: "stop" });
  expect(args.at(-1)).toBe("--stop-when-closed");
  expect(env).toMatchObject({ FINETUNE_PYTHON: "/p", FINETUNE_RUNS_DIR: "/r" });
});
