/** Runs that wait, in a real editor: their order, moved and cancelled; tasks, the terminal's command, a foreign log. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openEditor } from "./driver/editor.mjs";
import { finetune } from "./command-line.ts";
import { finished, ofType, runsIn } from "./run-folder.ts";
import { until } from "./until.ts";
import { notifications, openFile, runRows, showRuns, type Editor } from "./workbench.ts";
import { copyOfExtension, tinyWorkspace } from "./workspace.ts";

const place = tinyWorkspace();
const extension = path.join(place.folder, "..", "extension");
let editor: Editor;
beforeAll(async () => {
  await copyOfExtension(extension);
  editor = await openEditor({
    workspace: place.folder,
    develop: extension,
    // In a container this says that the window's end is the run's.
    env: { ...place.env, REMOTE_CONTAINERS: "true" },
  });
  await showRuns(editor);
});
afterAll(async () => {
  await editor.close();
  place.remove();
});
let broken = false;
beforeEach(({ skip, onTestFailed }) => {
  skip(broken, "an earlier part failed");
  onTestFailed(async () => {
    broken = true;
    await editor.screenshot(path.join(place.folder, "..", "failed.png"));
    console.log(`rows: ${(await runRows(editor.page).allTextContents()).join(" | ")}`);
  });
});
afterEach(() =>
  editor.host(async (vscode) => {
    await vscode.commands.executeCommand("notifications.clearAll");
  }),
);

/** A config of so many steps, each of some hundredths of a second. */
function write(name: string, steps: number, dataset = "rows.jsonl"): string {
  const file = path.join(place.folder, `${name}.finetune.yaml`);
  writeFileSync(
    file,
    [
      `name: ${name}`,
      "model: {name: ./tiny, max_seq_length: 256, dtype: float32, load_in_16bit: true}",
      `dataset: ${dataset}`,
      `training: {max_steps: ${steps}, logging_steps: 1, per_device_train_batch_size: 4, gradient_accumulation_steps: 8}`,
    ].join("\n"),
  );
  return file;
}

const runOf = (name: string): string | undefined =>
  runsIn(place.folder).find((folder) => path.basename(folder).includes(`-${name}-`));

const press = (command: string, folder: string) =>
  editor.host(
    async (vscode, id, run) => {
      await vscode.commands.executeCommand(id, { kind: "run", folder: run });
    },
    command,
    folder,
  );

async function start(name: string, steps: number): Promise<string> {
  const file = write(name, steps);
  await editor.host((vscode, config) => {
    void vscode.commands.executeCommand("finetune.run", vscode.Uri.file(config));
  }, file);
  return appears(name, "Run");
}

/** The folder of a run, once its row is in the tree too; `way`: by what it was started. */
async function appears(name: string, way: string): Promise<string> {
  const folder = await until(
    `the run of ${name}`,
    () => {
      const found = runOf(name);
      return found !== undefined && existsSync(path.join(found, "run.json")) ? found : undefined;
    },
    { seconds: 60 },
  );
  const begun = Date.now();
  await until(`the row of ${name}`, async () => (await rows()).includes(name), { seconds: 10 });
  console.log(`started by ${way}: in the tree ${Date.now() - begun} ms after its folder was whole`);
  return folder;
}

/** Names of the rows, from above, as far as they are of these tests. */
const rows = async (): Promise<string[]> =>
  (await runRows(editor.page).allTextContents()).map(
    (text) => /^(first|second|third|fourth|task|other)/.exec(text)?.[0] ?? text,
  );

const isQueued = (folder: string) => () =>
  ofType(folder, "phase").some((event) => event["name"] === "queued" && event["state"] === "begin");

let first: string;
let second: string;
let third: string;

test("before the first run of a machine it is said once what would end it", async () => {
  first = await start("first", 400);
  if (existsSync("/.dockerenv") || existsSync("/run/.containerenv")) {
    await until("the notice", async () =>
      (await notifications(editor)).find((text) => text.includes('"shutdownAction": "none"')),
    );
  }
  await until("its training", () => ofType(first, "step").length > 0, { seconds: 180 });
});

test("two more wait in the order in which they came; the notice is not said again", async () => {
  second = await start("second", 5);
  await until("second in the queue", isQueued(second));
  third = await start("third", 5);
  await until("third in the queue", isQueued(third));
  await until("the order", async () => (await rows()).join() === "first,second,third");
  expect((await notifications(editor)).filter((text) => text.includes("shutdownAction"))).toEqual([]);
});

test("Run Next, up and down change the order in the tree, and the order in which they will run", async () => {
  await press("finetune.runNext", third);
  await until("third before second", async () => (await rows()).join() === "first,third,second");
  await press("finetune.moveUp", second);
  await until("second before third", async () => (await rows()).join() === "first,second,third");
  await press("finetune.moveDown", second);
  await until("third before second again", async () => (await rows()).join() === "first,third,second");
});

test("a cancelled one ends as stopped and can be queued again with one click", async () => {
  await press("finetune.cancelWaiting", second);
  const end = await until("its end", () => finished(second, 0));
  expect(end).toMatchObject({ status: "stopped", reason: "user", step: 0 });
  await until("the word in the tree", async () =>
    (await runRows(editor.page).allTextContents()).some((text) => /second.*stopped/.test(text)),
  );
});

test("a waiting one that is lost says so and goes back into the queue with one click", async () => {
  const { pid }: { pid: number } = JSON.parse(readFileSync(path.join(third, "attempts", "0.json"), "utf8"));
  process.kill(-pid, "SIGKILL");
  await until("the words in the tree", async () =>
    (await runRows(editor.page).allTextContents()).some((text) =>
      /third.*was waiting for its turn/.test(text),
    ),
  );
  await press("finetune.queueAgain", third);
  await until("its second attempt in the queue", () =>
    ofType(third, "phase").some((event) => event.attempt === 1 && event["name"] === "queued"),
  );
  await until("third below first", async () => (await rows()).slice(0, 2).join() === "first,third");
});

test("a terminal's run is in the tree at once, without a refresh", async () => {
  const file = write("other", 3);
  const [{ code }] = await Promise.all([
    finetune(place, ["run", path.basename(file), "--detach"]),
    appears("other", "the command line"),
  ]);
  expect(code).toBe(0);
});

test("Run After This One: it waits for that run, whatever is free", async () => {
  await openFile(editor, write("fourth", 2));
  await editor.host((vscode, run) => {
    void vscode.commands.executeCommand("finetune.runAfter", { kind: "run", folder: run });
  }, first);
  const fourth = await appears("fourth", "Run After This One");
  await until("its words in the tree", async () =>
    (await runRows(editor.page).allTextContents()).some((text) => /fourth.*after first/.test(text)),
  );
  await press("finetune.cancelWaiting", fourth);
  await until("its end", () => finished(fourth, 0));
});

test("when the first one is stopped the queue goes on by itself, in the order that was made", async () => {
  await press("finetune.stop", first);
  await until("its end", () => finished(first, 0), { seconds: 60 });
  await until("the end of third", () => finished(third, 1), { seconds: 180 });
  const other = runOf("other") ?? "";
  await until("the end of other", () => finished(other, 0), { seconds: 180 });
  expect(finished(third, 1)?.["status"]).toBe("succeeded");
  const began = (run: string) => Number(ofType(run, "environment")[0]?.["t"]);
  expect(began(third)).toBeLessThan(began(other));
  // One message for each that ended by itself, none for the one that a person stopped.
  const said = await until("the messages", async () => {
    const texts = await notifications(editor);
    return texts.some((text) => text.startsWith("other: succeeded")) ? texts : undefined;
  });
  const ends = said.filter((text) => /^(first|second|third|other): /.test(text));
  expect(ends.map((text) => text.slice(0, text.indexOf("."))).toSorted()).toEqual([
    "other: succeeded",
    "third: succeeded",
  ]);
});

test("a task runs a config in a terminal and hands on its exit code; messages can be switched off", async () => {
  await editor.host(async (vscode) => {
    const { Workspace } = vscode.ConfigurationTarget;
    await vscode.workspace.getConfiguration("finetune").update("notifyWhenFinished", false, Workspace);
  });
  write("task", 3);
  write("broken", 3, "lost.jsonl");
  const ends = await editor.host(async (vscode) => {
    const tasks = await vscode.tasks.fetchTasks({ type: "finetune" });
    const codes: Record<string, number | undefined> = {};
    for (const name of ["task", "broken"]) {
      const task = tasks.find(({ definition }) => definition["config"] === `${name}.finetune.yaml`);
      if (task === undefined)
        throw new Error(`no task for ${name}: ${tasks.map((each) => each.name).join()}`);
      const ended = new Promise<number | undefined>((resolve) => {
        const listener = vscode.tasks.onDidEndTaskProcess((event) => {
          if (event.execution.task.name !== task.name) return;
          listener.dispose();
          resolve(event.exitCode);
        });
      });
      await vscode.tasks.executeTask(task);
      codes[name] = await ended;
    }
    return codes;
  });
  expect(ends).toEqual({ task: 0, broken: 1 });
  expect(finished(runOf("task") ?? "", 0)).toMatchObject({ status: "succeeded" });
  await until("its end in the tree", async () =>
    (await runRows(editor.page).allTextContents()).some((text) => /^task.*(now|ago)/.test(text)),
  );
  expect((await notifications(editor)).filter((text) => text.startsWith("task"))).toEqual([]);
});

test("`finetune` is on the PATH of a new terminal", async () => {
  const out = path.join(place.folder, "help.txt");
  await editor.host(async (vscode, file) => {
    const terminal = vscode.window.createTerminal({ name: "test" });
    terminal.sendText(`finetune help > "${file}"; echo "exit $?" >> "${file}"`);
    await Promise.resolve();
  }, out);
  const text = await until(
    "its answer",
    () => {
      const said = existsSync(out) ? readFileSync(out, "utf8") : "";
      return said.includes("exit") ? said : undefined;
    },
    { seconds: 30 },
  );
  expect(text).toMatch(/finetune: fine-tune a language model[\s\S]*exit 0/);
});

test("a log from elsewhere is explained on a page of its own", async () => {
  const log = path.join(place.folder, "foreign.log");
  writeFileSync(
    log,
    'step 1\nTraceback (most recent call last):\n  File "x.py", line 1, in <module>\nOSError: [Errno 28] No space left on device\n',
  );
  const page = await editor.host(async (vscode, file) => {
    await vscode.commands.executeCommand("finetune.explainLog", vscode.Uri.file(file));
    return vscode.window.activeTextEditor?.document.getText() ?? "";
  }, log);
  expect(page).toMatch(/^# foreign\.log\n\n## The disk is full\./);
  expect(page).toContain("line 4");
  expect(page).toContain("Code: disk-full");
});
