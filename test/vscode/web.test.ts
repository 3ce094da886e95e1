/** All of editing without Node: our bundle in the web worker extension host of a workbench that has no server. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../.ci/setup/places.mjs";
import { openWebEditor } from "./driver/web.mjs";
import { until } from "./until.ts";

const sample = path.join(projectRoot, "media", "samples", "support-triage");
const read = (name: string): string => readFileSync(path.join(sample, name), "utf8");
const FILES = {
  "/project/support.finetune.yaml": read("support-triage.finetune.yaml"),
  "/project/support_triage.jsonl": read("support_triage.jsonl"),
  "/project/support_triage.eval.jsonl": read("support_triage.eval.jsonl"),
};

let editor: Awaited<ReturnType<typeof openWebEditor>>;
beforeAll(async () => {
  editor = await openWebEditor(FILES);
  const row = editor.page.locator(".explorer-viewlet .monaco-list-row", { hasText: "support.finetune.yaml" });
  try {
    await row.dblclick({ timeout: 90_000 });
  } catch (error) {
    throw new Error(`No file in the explorer. The page said:\n${editor.log.join("\n")}`, { cause: error });
  }
});
afterAll(() => editor.close());

const lines = () => editor.page.locator(".monaco-editor .view-line");
/** Non-breaking spaces are how the editor draws indentation. */
const plain = (text: string | null): string => (text ?? "").replaceAll("\u00A0", " ");

test("the figure stands above the model, from data that the editor reads", async () => {
  const lens = editor.page.locator(".codelens-decoration");
  const text = await until("the figure", async () => {
    const shown = plain(await lens.first().textContent({ timeout: 1000 }));
    return /≈ .*[MG]B/.test(shown) ? shown : null;
  });
  console.log(`above model: ${text}`);
  // Nothing can be started here.
  expect(text).not.toMatch(/\bRun\b/);
});

test("hovering over a key explains it", async () => {
  await lines()
    .locator("span span", { hasText: "learning_rate" })
    .first()
    .hover({ position: { x: 30, y: 8 } });
  await until("the hover", async () =>
    plain(await editor.page.locator(".monaco-hover:visible").first().textContent({ timeout: 500 })).includes(
      "learning_rate",
    ),
  );
  await editor.page.keyboard.press("Escape");
});

test("a key completes as it is typed, and a mistake is underlined and told", async () => {
  const { page } = editor;
  await lines().filter({ hasText: "training:" }).first().click();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.keyboard.type("weight_d");
  await page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "weight_decay" }).waitFor();
  await page.keyboard.press("Enter");
  await until("the key", async () =>
    (await lines().allTextContents()).map(plain).some((line) => /^ {2}weight_decay: /.test(line)),
  );
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.keyboard.type("learning_rte: 1");
  await page.locator(".squiggly-error").first().waitFor();
  await until("its sentence", async () => {
    // The next problem each time: what was half typed may have had one of its own.
    await page.keyboard.press("F8");
    return plain(await page.locator(".marker-widget").textContent({ timeout: 500 })).includes("learning_rte");
  });
});

test("everything came as a static file: no server was asked for anything else", () => {
  expect(editor.requests).toContain("/finetune/dist/extension.browser.js");
  expect(editor.requests).toContain("/finetune/dist/server.browser.js");
  expect(
    editor.requests.filter((name) => name.startsWith("/finetune/dist/") && !name.includes(".browser.")),
  ).toEqual([]);
});
