/** What a person does in the editor, and what they see there. */
import type { Locator, Page } from "playwright-core";
import type { openEditor } from "./driver/editor.mjs";

export type Editor = Awaited<ReturnType<typeof openEditor>>;

/** Opens a file of the workspace and puts the cursor into it. */
export async function openFile(editor: Editor, file: string): Promise<void> {
  await editor.host(async (vscode, name) => {
    await vscode.window.showTextDocument(vscode.Uri.file(name), { preview: false });
  }, file);
}

/** Shows the side bar of the extension; resolves with the rows of its view of runs. */
export async function showRuns(editor: Editor): Promise<Locator> {
  await editor.host(async (vscode) => {
    await vscode.commands.executeCommand("finetune.runs.focus");
  });
  return runRows(editor.page);
}

/** Rows of the tree that are runs; details are a level below. */
export const runRows = (page: Page): Locator =>
  page.locator('.pane:has-text("Runs") .monaco-list-row[aria-level="1"]');

/** The panel's document: a webview is a frame in a frame. */
export const panel = (page: Page) => page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");

/** Points that the panel shows as text, first step first. */
export async function shownPoints(page: Page): Promise<{ step: number; loss: string }[]> {
  const frame = panel(page);
  await frame.locator("#tab-table").click({ timeout: 5000 });
  const rows = await frame.locator("#tab-content tbody tr").evaluateAll((elements) =>
    elements.map((row) => ({
      step: Number(row.querySelector("th")?.textContent?.replaceAll(",", "")),
      loss: row.querySelector("td")?.textContent?.trim() ?? "",
    })),
  );
  return rows.toReversed();
}

/** Points that the chart of the loss holds. */
export async function chartPoints(page: Page): Promise<number> {
  const chart = panel(page).locator('[data-chart="loss"]');
  return Number(await chart.getAttribute("data-total", { timeout: 1000 }));
}

/** Messages of the workbench. Under its test driver it pops none up, so their list is opened. */
export async function notifications(editor: Editor): Promise<string[]> {
  await editor.host(async (vscode) => {
    await vscode.commands.executeCommand("notifications.showList");
  });
  return editor.page.locator(".notification-list-item-message").allTextContents();
}
