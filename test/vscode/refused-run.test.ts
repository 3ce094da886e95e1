/** Runs that cannot start, or die at once: one sentence that names the place, in the editor. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openEditor } from "./driver/editor.mjs";
import { finetune } from "./command-line.ts";
import { runsIn } from "./run-folder.ts";
import { until } from "./until.ts";
import { notifications, openFile, panel, runRows, showRuns, type Editor } from "./workbench.ts";
import { copyOfExtension, tinyWorkspace } from "./workspace.ts";

const place = tinyWorkspace();
const config = path.join(place.folder, "tiny.finetune.yaml");
const extension = path.join(place.folder, "..", "extension");
let editor: Editor;
beforeAll(async () => {
  await copyOfExtension(extension);
  editor = await openEditor({ workspace: place.folder, develop: extension, env: place.env });
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

test("a trainer that dies at import: the panel says why, and so does the command line", async () => {
  const main = path.join(extension, "python", "finetune_trainer", "__main__.py");
  writeFileSync(main, 'raise ImportError("libcudnn.so.9: cannot open shared object file")\n');
  await showRuns(editor);
  await pressRun(config);
  await until("the end in the tree", async () =>
    (await runRows(editor.page).first().textContent())?.includes("gone"),
  );
  await until("the reason in the panel", async () =>
    (await panel(editor.page).locator("body").textContent({ timeout: 1000 }))?.includes("libcudnn"),
  );
  const [run] = runsIn(place.folder);
  const { output } = await finetune(place, ["explain", String(run)]);
  expect(output).toContain("libcudnn");
});
