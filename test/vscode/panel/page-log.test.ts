/** The log of the panel: filters, links, copying, and a selection that outlives new lines. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LogLine, View } from "../../../src/core/panel.ts";
import { openPages, type Pages, type Panel } from "./page.ts";
import { logLines, opening } from "./story.ts";

let pages: Pages;
beforeAll(async () => void (pages = await openPages()));
afterAll(() => pages.close());

const view: View = { axis: "step", range: null, width: 900, smoothing: 0.8 };

async function withLines(...texts: string[]): Promise<Panel> {
  const panel = await pages.open();
  const lines = texts.map((text, i): LogLine => ({ number: i + 1, text }));
  await panel.send(...opening(view, 20, 60), { type: "log", reset: true, lines, rest: null });
  return panel;
}

const asked = async (panel: Panel) =>
  (await panel.said()).flatMap((message) => (message.type === "search" ? [message.query] : []));

test("phase and severity are asked of the host, which has the whole file; Escape asks for all again", async () => {
  const panel = await withLines("a", "b");
  await panel.page.getByRole("combobox", { name: "Phase of the run" }).selectOption("load");
  await expect
    .poll(async () => (await asked(panel)).at(-1))
    .toEqual({ text: "", phase: "load", severity: "info" });
  await panel.page.getByRole("combobox", { name: "Severity" }).selectOption("warning");
  const query = { text: "", phase: "load", severity: "warning" } as const;
  await expect.poll(async () => (await asked(panel)).at(-1)).toEqual(query);
  expect(await panel.page.locator(".log-bar [role=status]").innerText()).toBe("searching");
  await panel.send({
    type: "search",
    result: { query, lines: [{ number: 812, text: "UserWarning: x" }], total: 9000 },
  });
  expect(await panel.page.locator(".log-line").allInnerTexts()).toEqual([
    expect.stringContaining("UserWarning: x"),
  ]);
  expect(await panel.page.locator(".log-bar [role=status]").innerText()).toBe(
    "9,000 lines match; the last ones are shown",
  );
  // An answer to an earlier question must not replace this one.
  await panel.send({ type: "search", result: { query: { ...query, phase: null }, lines: [], total: 0 } });
  expect(await panel.page.locator(".log-line").count()).toBe(1);
  await panel.page.getByRole("combobox", { name: "Severity" }).press("Escape");
  await expect
    .poll(async () => (await asked(panel)).at(-1))
    .toEqual({ text: "", phase: null, severity: "info" });
  await expect.poll(() => panel.page.locator(".log-line").count()).toBe(2);
  await panel.page.close();
});

test("a place in a file is a link, across colours too, and the host opens it", async () => {
  const panel = await withLines(
    '\u001b[36m  File "/usr/lib/a.py", line 12\u001b[0m, in f',
    "data/x.jsonl:3: no answer",
  );
  await panel.page.getByRole("button", { name: "data/x.jsonl:3" }).click();
  await panel.page.locator(".log-line button").first().click();
  const actions = (await panel.said()).flatMap((message) =>
    message.type === "action" ? [message.action] : [],
  );
  expect(actions).toEqual([
    { name: "openFileAt", path: "data/x.jsonl", line: 3 },
    { name: "openFileAt", path: "/usr/lib/a.py", line: 12 },
  ]);
  await panel.page.close();
});

test("what is shown is copied without its colours", async () => {
  const panel = await withLines("\u001b[33mone\u001b[0m", "10 %\r20 %");
  await panel.page.getByRole("button", { name: "Copy" }).click();
  expect((await panel.said()).at(-1)).toEqual({
    type: "action",
    action: { name: "copy", text: "one\n20 %" },
  });
  await panel.page.close();
});

test("a selection stays while lines arrive", async () => {
  const panel = await withLines("first line", "second line");
  await panel.page.locator(".log-line").first().locator("span").last().selectText();
  for (let number = 3; number < 9; number++) {
    await panel.send({ type: "log", reset: false, lines: [{ number, text: `line ${number}` }], rest: null });
  }
  expect(await panel.page.evaluate(() => getSelection()?.toString())).toBe("first line");
  expect(await panel.page.locator(".log-line").count()).toBe(8);
  expect(await panel.page.locator(".log-line").allInnerTexts()).toEqual(
    expect.arrayContaining([expect.stringContaining("line 8")]),
  );
  await panel.page.close();
});

test("after 100,000 lines the page holds the last 5,000 and a screenful of elements", async () => {
  const panel = await withLines("a");
  for (let from = 0; from < 100_000; from += 10_000) {
    const lines = logLines(10_000).map(({ text }, i) => ({ number: from + i + 1, text }));
    await panel.send({ type: "log", reset: false, lines, rest: null });
  }
  const log = panel.page.getByRole("log");
  expect(await log.locator(".log-line").last().getAttribute("data-line")).toBe("100000");
  expect(await log.locator(".log-line").count()).toBeLessThan(120);
  await log.focus();
  await panel.page.keyboard.press("Home");
  await expect.poll(() => log.locator(".log-line").first().getAttribute("data-line")).toBe("95001");
  await panel.page.close();
});
