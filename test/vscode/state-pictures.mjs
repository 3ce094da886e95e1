// Makes the pictures of every state from the real editor, with runs that were made by hand (driver/run-states.mjs):
//   node test/vscode/state-pictures.mjs [folder for the pictures] [part of a name…]
// Build first (npm run build). Nothing is trained.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../../.ci/setup/places.mjs";
import { openEditor } from "./driver/editor.mjs";
import { GOING, STATES } from "./driver/run-states.mjs";
import { smallPng } from "./driver/small-png.mjs";

const THEMES = /** @type {const} */ ([
  ["dark", "Default Dark Modern"],
  ["light", "Default Light Modern"],
  ["high-contrast", "Default High Contrast"],
  ["high-contrast-light", "Default High Contrast Light"],
]);

const out = path.resolve(process.argv[2] ?? path.join(projectRoot, "media", "screenshots", "states"));
const wanted = process.argv.slice(3);
function isWanted(/** @type {string} */ name) {
  return wanted.length === 0 || wanted.some((part) => name.includes(part));
}
const scratch = mkdtempSync(path.join(os.tmpdir(), "pictures-"));

/** @typedef {Awaited<ReturnType<typeof openEditor>>} Editor */

try {
  await inWorkspace("runs", async (editor, folder) => {
    const runs = Object.fromEntries(Object.entries(STATES).map(([name, make]) => [name, make(folder)]));
    const alive = setInterval(() => GOING.forEach((name) => runs[name]?.stayAlive()), 8000);
    await editor.host((vscode) => vscode.commands.executeCommand("finetune.runs.focus"));
    await widen(editor);
    await settled(editor);
    for (const [theme, label] of THEMES) {
      await setTheme(editor, label);
      if (isWanted("tree")) await picture(editor, `tree-${theme}`, sideBar);
      await editor.host((vscode) => vscode.commands.executeCommand("workbench.action.closeSidebar"));
      for (const [name, run] of Object.entries(runs)) {
        if (!isWanted(name)) continue;
        await openPanel(editor, run.folder);
        await picture(editor, `${name}-${theme}`);
      }
      if (isWanted("search")) await search(editor, runs["failed"]?.folder ?? "", theme);
      if (isWanted("compare"))
        await compare(editor, [runs["running"], runs["succeeded"], runs["crashed"]], theme);
      if (isWanted("log")) await logPage(editor, runs["failed"]?.folder ?? "", theme);
      await editor.host((vscode) => vscode.commands.executeCommand("finetune.runs.focus"));
    }
    clearInterval(alive);
  });
  if (isWanted("no-config")) await welcome("no-config");
  if (isWanted("no-environment")) {
    await welcome("no-environment", "support-triage");
  }
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * @param {string} name
 * @param {(editor: Editor, folder: string) => Promise<void>} use
 */
async function inWorkspace(name, use) {
  const folder = path.join(scratch, name, "project");
  mkdirSync(folder, { recursive: true });
  const editor = await openEditor({
    workspace: folder,
    develop: process.env.FINETUNE_DEVELOP ?? projectRoot,
    viewport: { width: 980, height: 760 },
    settings: {
      "workbench.activityBar.location": "hidden",
      "workbench.statusBar.visible": false,
      "workbench.editor.showTabs": "none",
      "breadcrumbs.enabled": false,
      "window.title": "Fine-tune",
    },
    // A machine on which nothing was set up yet.
    env: {
      FINETUNE_DATA_DIR: path.join(scratch, name, "data"),
      FINETUNE_CACHE_DIR: path.join(scratch, name, "cache"),
      FINETUNE_PYTHON: undefined,
    },
  });
  try {
    await use(editor, folder);
  } finally {
    await editor.close();
  }
}

/** @param {string} name @param {string} [sample] */
async function welcome(name, sample) {
  await inWorkspace(name, async (editor, folder) => {
    if (sample !== undefined) {
      cpSync(path.join(projectRoot, "media", "samples", sample), folder, { recursive: true });
    }
    await editor.host((vscode) => vscode.commands.executeCommand("finetune.runs.focus"));
    await settled(editor);
    for (const [theme, label] of THEMES) {
      await setTheme(editor, label);
      await picture(editor, `${name}-${theme}`, sideBar);
    }
  });
}

/** @param {Editor} editor @param {string} label */
async function setTheme(editor, label) {
  await editor.host(
    (vscode, value) =>
      vscode.workspace
        .getConfiguration()
        .update("workbench.colorTheme", value, vscode.ConfigurationTarget.Global),
    label,
  );
  await settled(editor);
}

/** @param {Editor} editor @param {string} folder */
async function openPanel(editor, folder) {
  await editor.host(async (vscode, run) => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await vscode.commands.executeCommand("finetune.openPanel", { kind: "run", folder: run });
    await vscode.commands.executeCommand("workbench.action.joinAllGroups");
  }, folder);
  await frame(editor).locator("h1, .trouble").first().waitFor({ timeout: 30_000 });
  await settled(editor);
}

/** @param {Editor} editor @param {string} folder @param {string} theme */
async function search(editor, folder, theme) {
  await openPanel(editor, folder);
  await frame(editor).getByRole("combobox", { name: "Severity" }).selectOption("warning");
  await frame(editor).getByRole("searchbox").fill("memory");
  await frame(editor).getByRole("searchbox").scrollIntoViewIfNeeded();
  await settled(editor);
  await picture(editor, `search-${theme}`);
}

/** @param {Editor} editor @param {readonly (import("./driver/staged-runs.mjs").StagedRun | undefined)[]} runs @param {string} theme */
async function compare(editor, runs, theme) {
  const nodes = runs.map((run) => ({ kind: "run", folder: run?.folder }));
  await editor.host(async (vscode, rows) => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await vscode.commands.executeCommand("finetune.compareRuns", rows[0], rows);
  }, nodes);
  await frame(editor).locator("canvas").first().waitFor({ timeout: 30_000 });
  await settled(editor);
  await picture(editor, `compare-${theme}`);
}

/** @param {Editor} editor @param {string} folder @param {string} theme */
async function logPage(editor, folder, theme) {
  await editor.host(async (vscode, run) => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await vscode.commands.executeCommand("finetune.openLog", { kind: "run", folder: run });
    await vscode.commands.executeCommand("outline.focus");
  }, folder);
  await settled(editor);
  await picture(editor, `log-${theme}`, (shown) => shown.page.locator(".monaco-workbench"));
  await editor.host((vscode) => vscode.commands.executeCommand("workbench.action.closeSidebar"));
}

/** @param {Editor} editor */
function frame(editor) {
  return editor.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
}

/** @param {Editor} editor */
async function settled(editor) {
  await editor.page.mouse.move(2, 400);
  await editor.page.waitForTimeout(900);
}

/** As wide as a person makes it who wants to read it. @param {Editor} editor */
async function widen(editor) {
  const box = await sideBar(editor).boundingBox();
  if (box === null) throw new Error("There is no side bar.");
  await editor.page.mouse.move(box.x + box.width, 400);
  await editor.page.mouse.down();
  await editor.page.mouse.move(box.x + 430, 400, { steps: 5 });
  await editor.page.mouse.up();
}

/** @param {Editor} editor */
function sideBar(editor) {
  return editor.page.locator(".part.sidebar");
}

/** @param {Editor} editor @param {string} name @param {(editor: Editor) => import("playwright-core").Locator} [part] */
async function picture(editor, name, part) {
  // The editor itself: below its title, and as a person has it who does not develop the extension.
  const shown = part === undefined ? editor.page.locator(".part.editor") : part(editor);
  const file = path.join(out, `${name}.png`);
  mkdirSync(out, { recursive: true });
  writeFileSync(file, smallPng(await shown.screenshot()));
}
