/** Runs that cannot start, or die at once: one sentence that names the place, in the editor. */
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../.ci/setup/places.mjs";
import { openEditor } from "./driver/editor.mjs";
import { finetune } from "./command-line.ts";
import { runsIn } from "./run-folder.ts";
import { until } from "./until.ts";
import { notifications, openFile, showRuns, type Editor } from "./workbench.ts";
import { tinyWorkspace } from "./workspace.ts";

const place = tinyWorkspace();
const config = path.join(place.folder, "tiny.finetune.yaml");
let editor: Editor;
beforeAll(async () => {
  editor = await openEditor({ workspace: place.folder, develop: projectRoot, env: place.env });
});
afterAll(async () => {
  await editor.close();
  place.remove();
});
afterEach(async () => {
  await setting("pythonPath", undefined);
  await setting("runsFolder", undefined);
  await editor.host(async (vscode) => {
    await vscode.commands.executeCommand("notifications.clearAll");
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });
});

const setting = (name: string, value: string | undefined) =>
  editor.host(
    async (vscode, key, wanted) => {
      const { Workspace } = vscode.ConfigurationTarget;
      await vscode.workspace.getConfiguration("finetune").update(key, wanted ?? undefined, Workspace);
    },
    name,
    value ?? null,
  );

/** Presses Run; the command may wait for an answer to its message, so nobody waits for the command. */
async function pressRun(file: string): Promise<void> {
  await openFile(editor, file);
  await editor.host((vscode, name) => {
    void vscode.commands.executeCommand("finetune.run", vscode.Uri.file(name));
  }, file);
}

const said = (pattern: RegExp) =>
  until(`a message with ${pattern}`, async () =>
    (await notifications(editor)).find((text) => pattern.test(text)),
  );

function writeConfig(name: string, text: string): string {
  const file = path.join(place.folder, name);
  writeFileSync(file, text);
  return file;
}

test("an interpreter that is not there", async () => {
  await setting("pythonPath", "/nowhere/python");
  await pressRun(config);
  await said(/\/nowhere\/python/);
  expect(runsIn(place.folder)).toEqual([]);
});

test("a runs folder that cannot be written", async () => {
  const blocked = writeConfig("blocked", "a file where a folder should be\n");
  await setting("runsFolder", blocked);
  await pressRun(config);
  await said(/blocked/);
});

test("broken YAML", async () => {
  await pressRun(writeConfig("broken.finetune.yaml", "model: smollm2-135m-instruct\ndataset: [rows.jsonl\n"));
  await said(/broken\.finetune\.yaml/);
  expect(runsIn(place.folder)).toEqual([]);
});

test("a dataset that is not there", async () => {
  await pressRun(writeConfig("lost.finetune.yaml", "model: ./tiny\ndataset: lost.jsonl\n"));
  await said(/lost\.jsonl/);
  expect(runsIn(place.folder)).toEqual([]);
});

test("a trainer that dies at import: the tree says why, and so does the command line", async () => {
  const python = writeConfig(
    "dying-python",
    `#!/bin/sh\ncase " $* " in *" train "*) echo "ImportError: libcudnn.so.9: cannot open shared object file" >&2; exit 1;; esac\nexec "${place.python}" "$@"\n`,
  );
  chmodSync(python, 0o755);
  await setting("pythonPath", python);
  await showRuns(editor);
  await pressRun(config);
  await until("the reason in the tree", async () => {
    const rows = await editor.page.locator('.pane:has-text("Runs") .monaco-list-row').allTextContents();
    return rows.some((row) => row.includes("libcudnn"));
  });
  const { output } = await finetune(place, ["runs"]);
  expect(output).toContain("libcudnn");
});
