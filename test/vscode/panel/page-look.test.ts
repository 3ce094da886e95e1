/** How the panel looks and is walked through: contrast of what is painted, focus, zoom, motion, saved pictures. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { View } from "../../../src/core/panel.ts";
import { CurveFeed } from "../../../src/core/run/curves.ts";
import { openPages, THEMES, type Pages, type Panel } from "./page.ts";
import { contrast, parseColour } from "./contrast.ts";
import { facts, opening, track } from "./story.ts";
import themes from "./themes.json" with { type: "json" };

let pages: Pages;
beforeAll(async () => void (pages = await openPages()));
afterAll(() => pages.close());

const view: View = { axis: "step", range: null, width: 900, smoothing: 0.8 };
/** WCAG 1.4.11: what must be seen to be understood, lines of charts among it. */
const GRAPHIC = 3;
const LINES = ["charts-blue", "charts-green", "charts-purple", "charts-yellow", "charts-red", "foreground"];

test.each(THEMES)("%s: every line and mark of a chart stands out from the background", (theme) => {
  const variables: Readonly<Record<string, string>> = themes[theme].variables;
  const background = parseColour(variables["--vscode-editor-background"] ?? "");
  for (const name of LINES) {
    const colour = parseColour(variables[`--vscode-${name}`] ?? "");
    expect(contrast(colour, background), `${theme} ${name}`).toBeGreaterThanOrEqual(GRAPHIC);
  }
});

const focused = (panel: Panel) =>
  panel.page.evaluate(() => {
    const { activeElement: element } = document;
    return element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
  });

test("Tab walks from the head over the charts to the tabs and into the log, and shows where it is", async () => {
  const panel = await pages.open();
  await panel.send(...opening(view, 40, 60));
  const order: string[] = [];
  for (let i = 0; i < 45 && order.at(-1) !== "Open Log"; i++) {
    await panel.page.keyboard.press("Tab");
    order.push(await focused(panel));
    const outline = await panel.page.evaluate(() => {
      const style = document.activeElement === null ? null : getComputedStyle(document.activeElement);
      return style === null ? "" : `${style.outlineStyle} ${style.outlineWidth}`;
    });
    expect(outline, order.at(-1)).not.toMatch(/none|\b0px/);
  }
  const places = ["Stop", "Compare", "Config", "Folder", "Loss", "Memory", "Log", "Search the log", "Follow"];
  const found = places.map((place) => order.indexOf(place));
  expect(found, order.join(" → ")).toEqual(found.toSorted((a, b) => a - b));
  expect(found).not.toContain(-1);
  expect(order.at(-1)).toBe("Open Log");
  await panel.page.close();
});

test("at 200 % nothing is cut off: half the room, twice the size", async () => {
  const panel = await pages.open({ width: 640, height: 450, scale: 2 });
  await panel.send(...opening({ ...view, width: 640 }, 96, 151));
  const sticking = await panel.page.evaluate(() =>
    [...document.querySelectorAll("button, select, h1, .headline, .chart-title, .legend > span")]
      .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .map((element) => element.outerHTML.slice(0, 80)),
  );
  expect(sticking).toEqual([]);
  await panel.page.close();
});

test("nothing moves for who asked for less motion", async () => {
  const panel = await pages.open();
  const early = { step: 0, maxSteps: null, spans: [] };
  await panel.send(...opening(view, 0, 60, early));
  const moving = () =>
    panel.page.evaluate(
      () => document.getAnimations().filter(({ playState }) => playState === "running").length,
    );
  expect(await moving()).toBe(1);
  await panel.page.emulateMedia({ reducedMotion: "reduce" });
  expect(await moving()).toBe(0);
  await panel.page.close();
});

test("a chart is saved as it is seen, and in ink", async () => {
  const panel = await pages.open();
  await panel.send(...opening(view, 96, 151));
  await panel.page.getByRole("button", { name: "Save as PNG: Loss" }).click();
  await panel.page.getByRole("button", { name: "Save as SVG: Memory" }).click();
  const saved = (await panel.said()).flatMap((message) =>
    message.type === "action" && message.action.name === "saveChart" ? [message.action] : [],
  );
  expect(saved.map(({ title, picture }) => [title, picture.format])).toEqual([
    ["Loss", "png"],
    ["Memory", "svg"],
  ]);
  const [png, svg] = saved.map(({ picture }) => picture);
  const bytes = Buffer.from(png?.format === "png" ? png.png : "", "base64");
  expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  expect(bytes.length).toBeGreaterThan(4000);
  expect(svg?.format === "svg" ? svg.svg : "").toContain("<svg");
  await panel.page.close();
});

test("the legend names what the charts show: spikes, losses that are no numbers, the estimate, the card", async () => {
  const panel = await pages.open({ width: 1400 });
  await panel.send(...opening(view, 140, 151));
  const legend = (key: string) => panel.page.locator(`[data-chart=${key}] .legend`).innerText();
  expect(await legend("loss")).toMatch(/evaluation.*checkpoint.*resumed.*not a number.*spike/s);
  expect(await legend("memory")).toMatch(/used.*reserved.*allocated.*estimate.*card/s);
  await panel.page.close();
});

test("artefacts, the data's lengths and a known fix are there with what can be done", async () => {
  const panel = await pages.open();
  const failure = {
    code: "cuda-oom",
    message: "Out of memory.",
    path: "training.per_device_train_batch_size",
    hint: null,
    phase: "train",
    traceback: "",
    fix: "training.per_device_train_batch_size: 1",
  };
  const can = { stop: false, stopNow: false, resume: true };
  await panel.send(...opening(view, 96, 151, { failure, can, state: "failed" }));
  await panel.page.getByRole("button", { name: "Apply and Run Again" }).click();
  await panel.page.locator("#tab-artifacts").click();
  await panel.page.getByRole("button", { name: /Resume from Here: checkpoint, step 38/ }).click();
  await panel.page.getByRole("button", { name: "Ask the Model" }).click();
  await panel.page.getByRole("button", { name: "Export JSON" }).click();
  await panel.page.locator("#tab-data").click();
  await expect.poll(() => panel.page.locator(".lengths rect").count()).toBe(12);
  expect(await panel.page.locator(".lengths table").innerText()).toMatch(/156\s+320/);
  const actions = (await panel.said()).flatMap((message) =>
    message.type === "action" ? [message.action] : [],
  );
  expect(actions).toEqual([
    { name: "applyFix" },
    { name: "resumeFrom", step: 38 },
    { name: "ask" },
    { name: "exportMetrics", format: "json" },
  ]);
  await panel.page.close();
});

test("a screen reader hears where the run is, calmly: not every step", async () => {
  const panel = await pages.open();
  const status = panel.page.locator("#panel > [role=status]");
  await panel.send(...opening(view, 40, 60, { live: "Step 40 of 60, loss 0.61, 3 min left." }));
  await expect.poll(() => status.textContent()).toBe("Step 40 of 60, loss 0.61, 3 min left.");
  for (const step of [41, 42, 43]) {
    const shown = track(step, 60);
    await panel.send({ type: "facts", facts: facts(shown, 60, { live: `Step ${step} of 60.` }) });
  }
  expect(await status.textContent()).toBe("Step 40 of 60, loss 0.61, 3 min left.");
  await panel.page.close();
});

test("a method's own metrics have charts of their own, by every axis", async () => {
  const panel = await pages.open();
  const shown = track(40, 60);
  const points = shown.points.map((point) => ({
    ...point,
    metrics: { "rewards/margins": point.step / 40, kl: 0.1 },
  }));
  for (const axis of ["step", "epoch", "tokens", "time"] as const) {
    const curves = new CurveFeed({ ...view, axis }).full({ ...shown, points });
    await panel.send({ type: "facts", facts: facts(shown, 60) }, { type: "curves", curves });
    for (const key of ["rewards/margins", "kl"]) {
      expect(await panel.page.locator(`[data-chart="metric:${key}"] canvas`).count(), `${axis}: ${key}`).toBe(
        1,
      );
    }
  }
  expect(panel.trouble).toEqual([]);
  await panel.page.close();
});
