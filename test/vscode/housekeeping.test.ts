/** What old runs take, and how they go: asked once, then by themselves; nothing with a star. Without any training. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  addEvents,
  finishedLine,
  makeRun,
  recordAttempt,
  startedLine,
  stepLine,
} from "../unit/launch/scratch.ts";
import { openEditor } from "./driver/editor.mjs";
import { runsIn } from "./run-folder.ts";
import { until } from "./until.ts";
import { runRows, showRuns, type Editor } from "./workbench.ts";
import { copyWithAgent, emptyWorkspace } from "./workspace.ts";

const place = emptyWorkspace();
const extension = path.join(place.folder, "..", "extension");
let editor: Editor;

async function endedRun(id: string, over: { starred?: boolean; checkpoints?: number } = {}): Promise<string> {
  const folder = await makeRun(place.folder, id);
  await recordAttempt(folder, 0);
  const steps = Array.from({ length: over.checkpoints ?? 0 }, (_, index) => index + 1);
  const checkpoints = steps.map((step) =>
    JSON.stringify({
      v: 1,
      attempt: 0,
      seq: step + 1,
      t: 1_795_000_000 + step,
      t_mono: step,
      type: "checkpoint",
      step,
      path: `checkpoints/checkpoint-${step}`,
      bytes: 2 ** 21,
    }),
  );
  for (const step of steps) {
    const checkpoint = path.join(folder, "checkpoints", `checkpoint-${step}`);
    mkdirSync(checkpoint, { recursive: true });
    writeFileSync(path.join(checkpoint, "model"), Buffer.alloc(2 ** 21));
    writeFileSync(
      path.join(checkpoint, "COMPLETE.json"),
      JSON.stringify({ step, files: { model: 2 ** 21 } }),
    );
  }
  await addEvents(
    folder,
    startedLine(),
    stepLine(1, 1),
    ...checkpoints,
    finishedLine(steps.length + 2, "stopped"),
  );
  if (over.starred === true)
    writeFileSync(
      path.join(folder, "marks.json"),
      JSON.stringify({ version: 1, title: null, starred: true }),
    );
  return folder;
}

let rich: string;
beforeAll(async () => {
  await endedRun("20261120-100000-old-0001");
  await endedRun("20261121-100000-older-0002");
  await endedRun("20261119-100000-starred-0003", { starred: true });
  rich = await endedRun("20261125-100000-rich-0004", { checkpoints: 4 });
  await copyWithAgent(extension);
  editor = await openEditor({ workspace: place.folder, develop: extension, env: place.env, dialogs: true });
  // Beside the agent, which starts with the window, the extension may come a moment later.
  await until("the view", () => showRuns(editor));
});
afterAll(async () => {
  await editor.close();
  place.remove();
});

const names = (): string[] => runsIn(place.folder).map((folder) => path.basename(folder).split("-")[2] ?? "");

async function answer(button: string): Promise<string> {
  const dialog = editor.page.locator(".monaco-dialog-box");
  await dialog.waitFor({ timeout: 30_000 });
  const text = (await dialog.textContent()) ?? "";
  await dialog.getByRole("button", { name: button, exact: true }).click();
  return text;
}

const press = (command: string, folder?: string) =>
  editor.host(
    (vscode, id, run) => {
      void vscode.commands.executeCommand(id, run === null ? undefined : { kind: "run", folder: run });
    },
    command,
    folder ?? null,
  );

const keep = (runs: number) =>
  editor.host(async (vscode, count) => {
    const { Workspace } = vscode.ConfigurationTarget;
    await vscode.workspace.getConfiguration("finetune").update("retention.runs", count, Workspace);
  }, runs);

test("hovering a run says what it takes on the disk", async () => {
  await until("four rows", async () => (await runRows(editor.page).count()) === 4);
  const row = runRows(editor.page).filter({ hasText: "step 4" }).or(runRows(editor.page).last());
  const hover = await until("the tooltip", async () => {
    await editor.page.mouse.move(800, 500);
    await row.first().hover();
    await editor.page.locator(".monaco-hover:visible").first().waitFor({ timeout: 3000 });
    const texts = await editor.page.locator(".monaco-hover:visible").allTextContents();
    return texts.find((text) => text.includes("on disk"));
  });
  expect(hover).toMatch(/\d [KM]?B on disk/);
  await editor.page.mouse.move(800, 500);
});

test("spare checkpoints go after one question that says how much they take", async () => {
  await press("finetune.deleteCheckpoints", rich);
  expect(await answer("Delete")).toMatch(/Delete 3 checkpoints of support-triage \(6(\.\d)? MB\)\?/);
  await until("their end", () => readdirSync(path.join(rich, "checkpoints")).length === 1);
  expect(readdirSync(path.join(rich, "checkpoints"))).toEqual(["checkpoint-4"]);
});

test("the limit asks before the first time, names what goes, and a no is a no", async () => {
  await keep(2);
  await press("finetune.cleanUp");
  const question = await answer("Cancel");
  expect(question).toMatch(/let one run go/);
  expect(question).toContain("20261120-100000-old-0001");
  expect(names()).toEqual(["starred", "old", "older", "rich"]);
  await press("finetune.cleanUp");
  await answer("Delete Now and in Future");
  await until("its end", () => !names().includes("old"));
  expect(names()).toEqual(["starred", "older", "rich"]);
});

test("afterwards it goes by itself when a run has ended; another limit is asked for again", async () => {
  await endedRun("20261126-100000-new-0005");
  await until("the next one to go", () => !names().includes("older"), { seconds: 30 });
  expect(names()).toEqual(["starred", "rich", "new"]);
  await keep(1);
  await press("finetune.cleanUp");
  // By its last word the new one is older than the one with the checkpoints.
  expect(await answer("Cancel")).toContain("20261126-100000-new-0005");
  expect(names()).toEqual(["starred", "rich", "new"]);
});
