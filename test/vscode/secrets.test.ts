/** A token in a config: the fix keeps it in the editor's storage, runs get it by environment, no file holds it. */
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CodeAction } from "vscode";
import { projectRoot } from "../../.ci/setup/places.mjs";
import { openEditor } from "./driver/editor.mjs";
import { finished, runsIn } from "./run-folder.ts";
import { until } from "./until.ts";
import { openFile, type Editor } from "./workbench.ts";
import { tinyWorkspace } from "./workspace.ts";

// Never in one piece in the text of this test, for the folder is searched for it.
const TOKEN = ["hf", `PLANTED${"9".repeat(20)}`].join("_");
const place = tinyWorkspace();
const config = path.join(place.folder, "tiny.finetune.yaml");
const without = readFileSync(config, "utf8").replace("max_steps: 150", "max_steps: 4");
let editor: Editor;
beforeAll(async () => {
  writeFileSync(config, `${without}hub_token: ${TOKEN}\n`);
  editor = await openEditor({ workspace: place.folder, develop: projectRoot, env: place.env });
});
afterAll(async () => {
  await editor.close();
  place.remove();
});

const text = () => editor.host((vscode) => vscode.window.activeTextEditor?.document.getText() ?? "");

/** Every file below a folder that holds the token. */
function holding(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile() && readFileSync(file).includes(TOKEN));
}

test("the fix moves it: the text is free of it, and undo brings it back", async () => {
  await openFile(editor, config);
  const moves = await until("the fix", () =>
    editor.host(async (vscode) => {
      const { document } = vscode.window.activeTextEditor!; // openFile has just shown it
      const at = document.positionAt(document.getText().indexOf("hub_token") + 2);
      const actions = await vscode.commands.executeCommand<CodeAction[]>(
        "vscode.executeCodeActionProvider",
        document.uri,
        new vscode.Range(at, at),
      );
      const move = actions.find(({ command }) => command?.command === "finetune.moveSecret");
      if (move?.command === undefined) return null;
      await vscode.commands.executeCommand(move.command.command, ...(move.command.arguments ?? []));
      return move.title;
    }),
  );
  expect(moves).toBe("Move to secret storage and remove the line");
  await until("the text without it", async () => (await text()) === without);
  await editor.host((vscode) => vscode.commands.executeCommand("undo"));
  await until("the line again", async () => (await text()).includes(TOKEN));
  await editor.host((vscode) => vscode.commands.executeCommand("redo"));
  await until("the text without it", async () => (await text()) === without);
  await editor.host(async (vscode) => void (await vscode.window.activeTextEditor?.document.save()));
  expect(readFileSync(config, "utf8")).toBe(without);
});

test("a run started here has it in its environment, and nowhere else", async () => {
  await editor.host((vscode, file) => {
    void vscode.commands.executeCommand("finetune.run", vscode.Uri.file(file));
  }, config);
  const run = await until("a run", () => runsIn(place.folder)[0]);
  const pid = await until("the trainer's process", () => {
    const { pid: found }: { pid?: number | null } = JSON.parse(
      readFileSync(path.join(run, "attempts", "0.json"), "utf8"),
    );
    return found;
  });
  const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  expect(environment).toContain(`HF_TOKEN=${TOKEN}`);
  expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toContain(TOKEN);
  expect(await until("the end", () => finished(run, 0), { seconds: 300 })).toMatchObject({
    status: "succeeded",
  });
  expect(holding(path.dirname(place.folder))).toEqual([]);
  expect(holding(editor.server.data)).toEqual([]);
  expect(editor.log.join("\n")).not.toContain(TOKEN);
  expect(editor.server.output()).not.toContain(TOKEN);
});

test("Manage Tokens shows its name and not the token, and removes it", async () => {
  const { page } = editor;
  await editor.host((vscode) => void vscode.commands.executeCommand("finetune.manageTokens"));
  const row = page.locator(".quick-input-list .monaco-list-row", { hasText: "HF_TOKEN" });
  await row.waitFor();
  expect(await page.locator(".quick-input-widget").textContent()).not.toContain(TOKEN);
  await row.click();
  await page.locator(".quick-input-list .monaco-list-row", { hasText: "Remove" }).click();
  await until("a list without it", async () => {
    await page.keyboard.press("Escape");
    await editor.host((vscode) => void vscode.commands.executeCommand("finetune.manageTokens"));
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "Add a token" }).waitFor();
    return (await row.count()) === 0;
  });
  await page.keyboard.press("Escape");
});
