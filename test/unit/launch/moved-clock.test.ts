/** Clocks that jump, readers that are blocked: loss of contact is never an end. */
import { utimes } from "node:fs/promises";
import { expect, test } from "vitest";
import { describe as inWords } from "../../../src/core/run/words.ts";
import { judgeHere } from "../../../src/launch/liveness.ts";
import { eventsFile } from "../../../src/launch/run-files.ts";
import { RunReader, type RunView } from "../../../src/launch/runs.ts";
import { addEvents, makeRun, recordAttempt, scratch, startedLine, stepLine } from "./scratch.ts";

const HOUR = 3_600_000;

/** A run of this very process, whose newest event came just now. */
async function running(): Promise<{ folder: string; at: (now: number) => Promise<RunView> }> {
  const folder = await makeRun(await scratch());
  await recordAttempt(folder, 0);
  await addEvents(folder, startedLine(), stepLine(1, 1), stepLine(2, 2));
  const reader = new RunReader(folder, "full");
  const at = async (now: number): Promise<RunView> => {
    const read = await reader.refresh({ ...(await judgeHere()), now });
    if (read === null) throw new Error(`${folder} is no run`);
    return read.view;
  };
  return { folder, at };
}

test("set back by a day: it runs, and nothing is said of the future", async () => {
  const { at } = await running();
  const view = await at(Date.now() - 24 * HOUR);
  expect(view.state).toBe("running");
  expect(view.stalled ?? 0).toBeGreaterThanOrEqual(0);
  expect(inWords(view, (Date.now() - 24 * HOUR) / 1000)).toMatch(/^step 2\/100/);
});

test("set forward, or a machine that slept: no news for hours, and no end", async () => {
  const { at } = await running();
  await at(Date.now());
  const later = Date.now() + 3 * HOUR;
  const view = await at(later);
  expect(view.state).toBe("silent");
  expect(inWords(view, later / 1000)).toMatch(/^last news 3 h( 0 min)? ago · step 2\/100/);
});

test("a reader that was blocked for five minutes says since when, and goes on with the next event", async () => {
  const { folder, at } = await running();
  await at(Date.now());
  const later = Date.now() + 300_000;
  const blocked = await at(later);
  expect(blocked.state).toBe("silent");
  expect(inWords(blocked, later / 1000)).toMatch(/^last news 5 min ago/);
  await addEvents(folder, stepLine(3, 3));
  expect((await at(Date.now())).state).toBe("running");
});

test("files from the future, as from another machine's clock, are news of now", async () => {
  const { folder, at } = await running();
  const future = new Date(Date.now() + 5 * HOUR);
  await utimes(eventsFile(folder), future, future);
  expect((await at(Date.now())).state).toBe("running");
});
