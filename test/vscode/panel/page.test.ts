/** The panel's page in a real browser: access, contrast, hostile text, narrow rooms, keys. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AxeResults } from "axe-core";
import type { ToComparison } from "../../../src/core/compare.ts";
import { results } from "../../../src/core/compare-results.ts";
import { EVERY_LINE, type RunFacts, type ToPanel, type View } from "../../../src/core/panel.ts";
import { CurveFeed } from "../../../src/core/run/curves.ts";
import { openPages, THEMES, type Pages, type Panel } from "./page.ts";
import { facts, logLines, opening, track } from "./story.ts";
import { aRun } from "../../unit/extension/a-run.ts";

let pages: Pages;
beforeAll(async () => void (pages = await openPages()));
afterAll(() => pages.close());

const view: View = { axis: "step", range: null, width: 900, smoothing: 0.8 };
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const failure: RunFacts["failure"] = {
  code: "cuda-oom",
  message: "Out of memory while computing the loss (step 1).",
  path: "training.per_device_train_batch_size",
  hint: "Halve the batch and double the accumulation.",
  phase: "train",
  traceback: "Traceback",
  fix: "training.per_device_train_batch_size: 1",
};
const warnings = [{ code: "w", message: "bf16 is not supported.", path: "training.bf16", hint: null }];

/** Serious faults as axe finds them, contrast among them. */
async function faults({ page }: Panel): Promise<string[]> {
  // The page's policy keeps other scripts out, so it goes in over the debugger.
  const { violations } = await page.evaluate<AxeResults>(
    `${axe}; axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa"] })`,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary ?? ""}`),
  );
}

test.each(THEMES)("%s: nothing that keeps anybody out, on every tab", async (theme) => {
  const panel = await pages.open({ theme });
  await panel.send(...opening(view, 96, 151, { failure, warnings }));
  for (const tab of ["log", "facts", "data", "artifacts", "table"]) {
    await panel.page.locator(`#tab-${tab}`).click();
    await panel.page.waitForTimeout(100);
    expect(await faults(panel), `${theme}, ${tab}`).toEqual([]);
  }
  expect(panel.trouble).toEqual([]);
  await panel.page.close();
});

test("before the first step the page shows phases, what they took and what comes", async () => {
  const panel = await pages.open();
  const early = facts(track(0, 60), 60, {
    headline: "running · importing",
    spans: [{ name: "import", text: "importing", seconds: 41 }],
    phases: [
      {
        name: "load",
        word: "loading the model",
        text: "loading the model 5/10 files",
        detail: null,
        progress: { done: 5, total: 10 },
        since: Date.now() / 1000 - 4,
      },
    ],
    next: "Next: the data is rendered and tokenised.",
    maxSteps: null,
  });
  await panel.send({ type: "facts", facts: early });
  const text = await panel.page.locator(".phases").innerText();
  expect(text).toMatch(/importing\s+41 s/);
  expect(text).toMatch(/loading the model 5\/10 files\s+4 s/);
  expect(text).toContain("Next: the data");
  expect(await faults(panel)).toEqual([]);
  await panel.page.close();
});

test("hostile text stays text, wherever it comes from", async () => {
  const evil = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>"'\u001b[31m<b>`;
  const poison = <T>(value: T): T =>
    JSON.parse(
      JSON.stringify(value, (key, item: unknown) =>
        typeof item === "string" && !FIXED.has(key) ? evil : item,
      ),
    );
  const shown = track(30, 60);
  const poisoned = poison(
    facts(shown, 60, {
      failure,
      warnings,
      samples: [{ step: 1, prompt: evil, completion: evil }],
      phases: [],
      spans: [],
    }),
  );
  const panel = await pages.open();
  await panel.send(
    { type: "facts", facts: { ...poisoned, state: "failed" } },
    {
      type: "curves",
      curves: new CurveFeed(view).full({
        ...shown,
        points: shown.points.map((p) => ({ ...p, metrics: { [evil]: 1 } })),
      }),
    },
    {
      type: "log",
      reset: true,
      lines: logLines(50).map(({ number }) => ({ number, text: evil })),
      rest: { number: 51, text: evil },
    },
  );
  for (const tab of ["facts", "data", "artifacts", "table", "log"]) {
    await panel.page.locator(`#tab-${tab}`).click();
    await panel.page.waitForTimeout(60);
    expect(await panel.page.locator("#panel img, #panel script, #panel b").count(), tab).toBe(0);
  }
  await panel.page.locator("input[type=search]").fill("<img");
  await panel.send({
    type: "search",
    result: { query: { ...EVERY_LINE, text: "<img" }, lines: [{ number: 1, text: evil }], total: 1 },
  });
  expect(await panel.page.locator(".log mark").first().innerText()).toBe("<img");
  expect(await panel.page.title()).toBe("Run");
  expect(panel.trouble).toEqual([]);
  await panel.page.close();
});

/** Keys whose values choose what is shown; the schema of the events keeps others out. */
const FIXED = new Set(["state", "split"]);

test.each([320, 500, 760, 1400])("at %i px nothing sticks out to the side", async (width) => {
  const panel = await pages.open({ width });
  await panel.send(...opening({ ...view, width }, 96, 151, { failure }));
  for (const tab of ["facts", "data", "artifacts", "table", "log"]) {
    await panel.page.locator(`#tab-${tab}`).click();
    const [scroll, client] = await panel.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    expect(scroll, tab).toBeLessThanOrEqual(client ?? 0);
  }
  await panel.page.close();
});

test("the log holds thousands of lines and few elements, follows, and stops following when scrolled", async () => {
  const panel = await pages.open();
  const lines = logLines(5000);
  await panel.send(...opening(view, 20, 60), { type: "log", reset: true, lines, rest: null });
  const log = panel.page.getByRole("log");
  expect(await log.locator(".log-line").count()).toBeLessThan(120);
  expect(await log.locator(".log-line").last().getAttribute("data-line")).toBe("5000");
  await log.focus();
  await panel.page.keyboard.press("Home");
  await panel.page.waitForTimeout(200);
  expect(await log.locator(".log-line").first().getAttribute("data-line")).toBe("1");
  expect(await panel.page.getByRole("button", { name: "Follow" }).getAttribute("aria-pressed")).toBe("false");
  await panel.send({ type: "log", reset: false, lines: [{ number: 5001, text: "new" }], rest: null });
  expect(await log.locator(".log-line").first().getAttribute("data-line")).not.toBe("5001");
  await panel.page.getByRole("button", { name: "Follow" }).click();
  await panel.page.waitForTimeout(200);
  expect(await log.locator(".log-line").last().getAttribute("data-line")).toBe("5001");
  await panel.page.close();
});

test("tabs and charts answer to keys", async () => {
  const panel = await pages.open();
  await panel.send(...opening(view, 96, 151));
  await panel.page.locator("#tab-log").focus();
  await panel.page.keyboard.press("ArrowRight");
  await expect.poll(() => panel.page.locator("#tab-facts").getAttribute("aria-selected")).toBe("true");
  await panel.page.keyboard.press("End");
  await expect.poll(() => panel.page.locator("#tab-table").getAttribute("aria-selected")).toBe("true");
  const loss = panel.page.locator("[data-curve=loss]");
  await loss.focus();
  await panel.page.keyboard.press("Home");
  await expect
    .poll(() => panel.page.locator("[data-chart=loss] .chart-readout").innerText())
    .toMatch(/^1 · loss \d/);
  await panel.page.keyboard.press("+");
  const asked = (await panel.said()).filter((message) => message.type === "view").at(-1);
  expect(asked).toMatchObject({
    type: "view",
    view: { range: { from: expect.any(Number), to: expect.any(Number) } },
  });
  await panel.page.close();
});

test("points are drawn as they come: the curve in pixels reaches further right", async () => {
  const panel = await pages.open();
  const whole = track(60, 60);
  const points = whole.points.slice(0, 30);
  const feed = new CurveFeed(view);
  const send = async (...messages: ToPanel[]) => panel.send(...messages);
  await send(
    { type: "facts", facts: facts(whole, 60) },
    { type: "curves", curves: feed.full({ ...whole, points }) },
  );
  const loss = panel.page.locator("[data-curve=loss]");
  expect(await loss.getAttribute("data-total")).toBe("30");
  const before = await loss.locator("canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  points.push(...whole.points.slice(30));
  const more = feed.next({ ...whole, points });
  await send({ type: "points", ...(more ?? { curves: [], marks: [], total: 0 }) });
  expect(await loss.getAttribute("data-total")).toBe("60");
  expect(await loss.getAttribute("data-points")).toBe("60");
  expect(
    await loss.locator("canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL()),
  ).not.toBe(before);
  await panel.page.close();
});

test("three runs compared: curves over each other, results against a baseline, what was different", async () => {
  const panel = await pages.open({ page: "compare" });
  const runs = [1, 0.8, 0.5].map((loss) =>
    aRun("succeeded", [{ type: "started" }, { type: "step", step: 1, loss }, { type: "finished" }]),
  );
  const empty = { key: "metric:eval_loss" as const, x: new Float64Array(), ys: [] };
  const comparison: ToComparison = {
    type: "comparison",
    comparison: {
      axis: "step",
      runs: ["a", "b", "c"].map((name, i) => ({
        folder: `/${name}`,
        name,
        state: "succeeded",
        curves: new CurveFeed(view).full(track(20 + i * 5, 60)).curves,
        evaluations: empty,
      })),
      results: results(runs, Date.now() / 1000),
      differences: [{ label: "lora.r", values: ["16", "32", "16"] }],
    },
  };
  await panel.send(comparison);
  // The page draws in its next frame.
  const lastLoss = panel.page.locator("tr", { hasText: "Last loss" });
  await expect.poll(() => panel.page.locator("[data-curve=loss] canvas").count()).toBe(1);
  await expect.poll(() => lastLoss.innerText()).toMatch(/1\.00.*0\.80.*−20\.0 %.*0\.50.*−50\.0 %/s);
  await panel.page.getByRole("radio").nth(1).check();
  await expect.poll(() => lastLoss.innerText()).toMatch(/1\.00.*\+25\.0 %/s);
  expect(await panel.page.locator("tr", { hasText: "lora.r" }).innerText()).toMatch(/16\s+32\s+16/);
  expect(await faults(panel)).toEqual([]);
  expect(panel.trouble).toEqual([]);
  await panel.page.close();
});
