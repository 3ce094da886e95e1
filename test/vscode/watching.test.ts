/** Watching runs in the real editor: nothing is trained, the test itself writes what a trainer would. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../.ci/setup/places.mjs";
import { openEditor } from "./driver/editor.mjs";
import { GOING, STATES } from "./driver/run-states.mjs";
import { StagedRun } from "./driver/staged-runs.mjs";
import { until } from "./until.ts";
import { chartPoints, notifications, panel, runRows, showRuns, type Editor } from "./workbench.ts";
import { emptyWorkspace, type Workspace } from "./workspace.ts";

let place: Workspace;
let editor: Editor;
let live: StagedRun;
let alive: NodeJS.Timeout;
const runs = new Map<string, StagedRun>();

beforeAll(async () => {
  place = emptyWorkspace();
  for (const [name, make] of Object.entries(STATES)) runs.set(name, make(place.folder));
  mkdirSync(path.join(place.folder, "data"));
  writeFileSync(path.join(place.folder, "data", "support.jsonl"), "{}\n".repeat(300));
  alive = setInterval(() => GOING.forEach((name) => runs.get(name)?.stayAlive()), 8000);
  editor = await openEditor({ workspace: place.folder, develop: projectRoot, env: place.env });
  // Only now: a machine that installs its browser first takes minutes to get here, and this one would fall silent.
  live = new StagedRun(place.folder, { name: "live", at: "20261127-110000", steps: 20 })
    .prepared()
    .trained(20);
});
afterAll(async () => {
  clearInterval(alive);
  await editor.close();
  place.remove();
});

const folderOf = (name: string): string => {
  const run = runs.get(name);
  if (run === undefined) throw new Error(`There is no run "${name}".`);
  return run.folder;
};
const open = (folder: string) =>
  editor.host(async (vscode, run) => {
    await vscode.commands.executeCommand("finetune.openPanel", { kind: "run", folder: run });
  }, folder);
const closeAll = () =>
  editor.host(async (vscode) => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });
const headline = () => panel(editor.page).locator(".headline").innerText();
/** Of the curve's colours in the picture of a chart: how many pixels. */
const inked = async (): Promise<number> => {
  const canvas = panel(editor.page).locator("[data-curve=loss] canvas");
  return canvas.evaluate((element) => {
    if (!(element instanceof HTMLCanvasElement)) return 0;
    const { data } = element.getContext("2d")?.getImageData(0, 0, element.width, element.height) ?? {
      data: [],
    };
    let blue = 0;
    for (let at = 0; at < data.length; at += 4) {
      if ((data[at + 2] ?? 0) > (data[at] ?? 0) + 60 && (data[at + 3] ?? 0) > 60) blue += 1;
    }
    return blue;
  });
};

test("the tree names every state, and hostile names are text", async () => {
  await showRuns(editor);
  await until("all rows", async () => (await runRows(editor.page).count()) === runs.size + 1);
  const rows = (await runRows(editor.page).allInnerTexts()).join("\n");
  for (const words of ["queued", "starting", "downloading", "stopping", "stopped", "interrupted"]) {
    expect(rows).toContain(words);
  }
  expect(rows).toMatch(/Out of memory.*the trainer is gone.*/s);
  expect(rows).toMatch(/waiting for an H100 on Modal/);
  expect(rows).toMatch(/result unknown/);
  expect(rows).toContain("$(pass) <img src=x");
  expect(await editor.page.locator(".monaco-list-row img[src=x]").count()).toBe(0);
  expect(await editor.page.title()).not.toContain("owned");
});

test("the tree is filtered by part of a name, says so, and shows all again", async () => {
  const filter = async (typed: string, choice: string): Promise<void> => {
    await editor.host((vscode) => void vscode.commands.executeCommand("finetune.filterRuns"));
    await editor.page.locator(".quick-input-widget input").first().fill(typed);
    await editor.page.locator(".quick-input-list .monaco-list-row", { hasText: choice }).first().click();
  };
  await filter("stop", "Name has");
  await until("two rows", async () => (await runRows(editor.page).count()) === 2);
  expect(await editor.page.locator('.pane:has-text("Runs") .pane-header .description').innerText()).toBe(
    `2 of ${runs.size + 1}: "stop"`,
  );
  await filter("no such run", "Name has");
  await until("a sentence in place of the list", () =>
    editor.page.locator(".welcome-view-content", { hasText: "No run fits the filter." }).isVisible(),
  );
  await filter("", "All runs");
  await until("all rows", async () => (await runRows(editor.page).count()) === runs.size + 1);
});

test("the tree is sorted by name, what goes on first, and by time again", async () => {
  const names = () => runRows(editor.page).locator(".label-name").allInnerTexts();
  const newest = await names();
  const sort = async (choice: string): Promise<void> => {
    await editor.host((vscode) => void vscode.commands.executeCommand("finetune.sortRuns"));
    await editor.page.locator(".quick-input-list .monaco-list-row", { hasText: choice }).first().click();
  };
  await sort("Name");
  await until("another order", async () => (await names()).join() !== newest.join());
  const sorted = await names();
  expect(sorted.toSorted()).toEqual(newest.toSorted());
  const ended = sorted.filter((name) =>
    ["crashed", "finished", "interrupted", "stopped-early"].includes(name),
  );
  expect(ended).toEqual(["crashed", "finished", "interrupted", "stopped-early"]);
  await sort("Newest first");
  await until("the first order", async () => (await names()).join() === newest.join());
});

test("a run that goes on is drawn as it goes, in words and in pixels", async () => {
  await open(live.folder);
  await until("20 points", async () => (await chartPoints(editor.page)) === 20);
  expect(await headline()).toMatch(/running on RTX 4090 · step 20\/151/);
  const before = await inked();
  expect(before).toBeGreaterThan(50);
  live.trained(60, { from: 20 });
  const written = Date.now();
  await until("60 points", async () => (await chartPoints(editor.page)) === 60);
  console.log(`40 steps were in the chart ${Date.now() - written} ms after they were written`);
  expect(await headline()).toMatch(/step 60\/151/);
  await until("a longer curve", async () => (await inked()) > before);
  const log = panel(editor.page).getByRole("log");
  await until(
    "the last line",
    async () =>
      (await log.innerText()).includes("<== evaluate") || (await log.innerText()).includes("'step': 60"),
  );
});

test("a reload in the middle brings the panel back with all that was written meanwhile", async () => {
  const reloading = editor.reloadWindow();
  live.trained(80, { from: 60 });
  await reloading;
  await until("80 points", async () => (await chartPoints(editor.page)) === 80, { seconds: 60 });
});

test("hidden and shown again it has missed nothing, and asks for nothing while it is hidden", async () => {
  await editor.host(async (vscode) => {
    const document = await vscode.workspace.openTextDocument({ content: "in front of it" });
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.window.tabGroups.activeTabGroup.viewColumn,
    });
  });
  await until("no frame", async () => (await editor.page.locator("iframe.webview.ready").count()) === 0);
  live.trained(90, { from: 80 });
  await open(live.folder);
  await until("90 points", async () => (await chartPoints(editor.page)) === 90);
});

test("two panels side by side show two runs", async () => {
  await editor.host(async (vscode, folder) => {
    await vscode.commands.executeCommand("workbench.action.moveEditorToFirstGroup");
    await vscode.commands.executeCommand("finetune.openPanel", { kind: "run", folder });
  }, folderOf("failed"));
  const frames = editor.page.locator("iframe.webview.ready");
  await until("two frames", async () => (await frames.count()) === 2);
  const titles = await Promise.all(
    [0, 1].map((nth) =>
      editor.page
        .frameLocator(`iframe.webview.ready >> nth=${nth}`)
        .frameLocator("#active-frame")
        .locator("h1")
        .innerText(),
    ),
  );
  expect(titles.toSorted()).toEqual(["live", "long-context"]);
  live.trained(100, { from: 90 });
  const first = titles.indexOf("live");
  const chart = editor.page
    .frameLocator(`iframe.webview.ready >> nth=${first}`)
    .frameLocator("#active-frame")
    .locator('[data-chart="loss"]');
  await until("100 points", async () => (await chart.getAttribute("data-total")) === "100");
  await closeAll();
});

test("a failure has its card: the line, the fix, and what the log says", async () => {
  await closeAll();
  await open(folderOf("failed"));
  const card = panel(editor.page).locator(".failure");
  await card.waitFor();
  const words = await card.innerText();
  expect(words).toContain("Out of memory while computing the loss");
  expect(words).toContain("training.per_device_train_batch_size: 2, training.gradient_accumulation_steps: 4");
  expect(await card.getByRole("button", { name: "Apply and Run Again" }).count()).toBe(1);
});

test("the log is searched and filtered by phase and severity", async () => {
  const frame = panel(editor.page);
  const lines = frame.locator(".log-line");
  await frame.getByRole("combobox", { name: "Severity" }).selectOption("error");
  await until("four lines", async () => (await lines.count()) === 4);
  expect((await lines.allInnerTexts()).join("\n")).toMatch(/Traceback.*OutOfMemoryError/s);
  await frame.getByRole("combobox", { name: "Severity" }).selectOption("info");
  await frame.getByRole("combobox", { name: "Phase of the run" }).selectOption("load");
  await until("three lines", async () => (await lines.count()) === 3);
  await frame.getByRole("combobox", { name: "Phase of the run" }).selectOption("");
  await frame.getByRole("searchbox").fill("MEMORY");
  await until("one line", async () => (await lines.count()) === 1);
  expect(await lines.locator("mark").allInnerTexts()).toEqual(["Memory", "memory"]);
});

test("a place that a line names opens there", async () => {
  const frame = panel(editor.page);
  await frame.getByRole("searchbox").fill("");
  await frame.getByRole("button", { name: "data/support.jsonl:212" }).click();
  await until("line 212", () =>
    editor.host(async (vscode) => {
      const { document, selection } = vscode.window.activeTextEditor ?? {};
      return document?.uri.path.endsWith("data/support.jsonl") === true && selection?.active.line === 211;
    }),
  );
});

test("Open Log is a read-only document with folds, an outline and links", async () => {
  await editor.host(async (vscode, folder) => {
    await vscode.commands.executeCommand("finetune.openLog", { kind: "run", folder });
  }, folderOf("failed"));
  const found = await editor.host(async (vscode) => {
    const { document } = vscode.window.activeTextEditor ?? {};
    if (document === undefined) return null;
    const { uri } = document;
    const symbols = await vscode.commands.executeCommand<{ name: string }[]>(
      "vscode.executeDocumentSymbolProvider",
      uri,
    );
    const links = await vscode.commands.executeCommand<unknown[]>("vscode.executeLinkProvider", uri);
    const folds = await vscode.commands.executeCommand<unknown[]>("vscode.executeFoldingRangeProvider", uri);
    return {
      scheme: uri.scheme,
      text: document.getText(),
      symbols: symbols.map(({ name }) => name),
      links: links.length,
      folds: folds.length,
    };
  });
  expect(found).toMatchObject({
    scheme: "finetune-log",
    symbols: ["importing", "loading the model", "preparing data", "training"],
    links: 1,
  });
  expect(found?.folds).toBeGreaterThanOrEqual(5);
  expect(found?.text).not.toContain("\u001b");
  await editor.page.keyboard.type("typed");
  const typed = () =>
    editor.host(async (vscode) => vscode.window.activeTextEditor?.document.getText() ?? "typed");
  expect(await typed()).toBe(found?.text);
  await closeAll();
});

test("three runs are compared; what is chosen as the baseline comes back with the window", async () => {
  await closeAll();
  const rows = ["running", "succeeded", "crashed"].map((name) => ({ kind: "run", folder: folderOf(name) }));
  await editor.host(async (vscode, nodes) => {
    await vscode.commands.executeCommand("finetune.compareRuns", nodes[0], nodes);
  }, rows);
  const frame = panel(editor.page);
  await frame.locator("[data-curve=loss] canvas").waitFor();
  const loss = frame.locator("tr", { hasText: "Last loss" });
  expect((await loss.locator("td").allInnerTexts()).length).toBe(3);
  expect(await frame.locator("tr", { hasText: "State" }).innerText()).toMatch(/running.*succeeded.*crashed/s);
  await frame.getByRole("radio").nth(1).check();
  await until("a difference to the second", async () =>
    /%/.test(await loss.locator("td").first().innerText()),
  );
  await editor.reloadWindow();
  await frame.locator("[data-curve=loss] canvas").waitFor({ timeout: 60_000 });
  expect(await frame.getByRole("radio").nth(1).isChecked()).toBe(true);
  await closeAll();
});

/**
 * The dialog completes what is typed and may still be looking at folders, or close when the window draws something
 * else: it is asked, and opened again, until the file is there.
 */
async function exportAs(button: string, target: string): Promise<void> {
  const frame = panel(editor.page);
  const input = editor.page.locator(".quick-input-widget input").first();
  await until(target, async () => {
    if (existsSync(target)) return true;
    // A panel that comes back to the front loads its page anew, and a click on the page before it is lost.
    if (!(await input.isVisible())) {
      await frame.locator("#tab-artifacts").click({ timeout: 2000 });
      await frame.getByRole("button", { name: button }).click({ timeout: 2000 });
    }
    // Its own name is in there before it is written in.
    if (!/\.(csv|md)$/.test(await input.inputValue({ timeout: 2000 }))) return false;
    await input.fill(target, { timeout: 500 });
    await editor.page.waitForTimeout(300);
    await input.press("Enter", { timeout: 500 });
    await editor.page.waitForTimeout(500);
    return existsSync(target);
  });
}

test("the metrics and the report are exported to where the person says", async () => {
  await closeAll();
  await open(folderOf("succeeded"));
  for (const [button, file] of [
    ["Export CSV", "metrics.csv"],
    ["Export Report", "report.md"],
  ] as const) {
    await exportAs(button, path.join(place.folder, file));
    // It is shown when it is written, in front of the panel.
    await until(`${file} in an editor`, () =>
      editor.host(
        async (vscode, name) => vscode.window.activeTextEditor?.document.uri.path.endsWith(name) === true,
        file,
      ),
    );
    await open(folderOf("succeeded"));
  }
  const csv = readFileSync(path.join(place.folder, "metrics.csv"), "utf8").split("\r\n");
  expect(csv).toHaveLength(1 + 151 + 1);
  expect(csv[0]).toContain("step,epoch,loss");
  const report = readFileSync(path.join(place.folder, "report.md"), "utf8");
  expect(report).toContain("# finished");
  expect(report).toContain("merged_16bit");
  await closeAll();
});

test("an address of a log opens logs of runs and nothing else", async () => {
  const text = await editor.host(async (vscode) => {
    const uri = vscode.Uri.from({
      scheme: "finetune-log",
      path: "/x.log",
      query: '{"file":"/etc/hostname"}',
    });
    return (await vscode.workspace.openTextDocument(uri)).getText();
  });
  expect(text).toBe("This is not the log of a run.");
});

test("hostile text stays text in the panel, the log and the messages", async () => {
  await closeAll();
  await open(folderOf("hostile"));
  const frame = panel(editor.page);
  await frame.locator(".failure").waitFor();
  for (const tab of ["facts", "data", "artifacts", "table", "log"]) {
    await frame.locator(`#tab-${tab}`).click();
    expect(await frame.locator("#panel img, #panel script").count(), tab).toBe(0);
  }
  await frame.locator("#tab-artifacts").click();
  await frame
    .getByRole("button", { name: /^Reveal/ })
    .first()
    .click();
  expect(await frame.locator("h1").innerText()).toContain("<script>");
  const before = await editor.page.title();
  expect(before).not.toBe("owned");
  expect((await notifications(editor)).join("\n")).not.toContain("owned'</script");
  expect(editor.log.filter((line) => /Content Security Policy/.test(line) && /inline/.test(line))).toEqual(
    [],
  );
  await closeAll();
});
