import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readLogTail } from "../../src/launch/log.ts";
import { eventsFile, outputFile } from "../../src/launch/run-files.ts";
import { openRig } from "./rig.ts";

const seqs = async (folder: string): Promise<string[]> =>
  (await readFile(eventsFile(folder), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { attempt, seq } = JSON.parse(line) as { attempt: number; seq: number };
      return `${attempt}.${seq}`;
    });

test("a run goes up, trains, and comes back: every line once, adapter and cost in the folder", async () => {
  const rig = await openRig();
  const { folder, id } = await rig.prepare();
  expect(await rig.pump(folder)).toBe("over");
  const { state, job, remote, info } = await rig.view(folder);
  expect({ state, problem: remote?.problem }).toEqual({ state: "succeeded", problem: null });
  expect(job.points.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  const numbers = await seqs(folder);
  expect(new Set(numbers).size).toBe(numbers.length);
  const { lines } = await readLogTail(outputFile(folder, 0));
  expect(lines.filter((line) => line.startsWith("step "))).toEqual(
    Array.from({ length: 20 }, (_, index) => `step ${index + 1}`),
  );
  expect(info["cost"]).toMatchObject({ usd: expect.any(Number), price_date: "2026-09-18", sandboxes: 1 });
  const volume = rig.fake.volume("finetune-runs");
  expect(await readdir(join(volume, "runs", id))).toContain("done.0.json");
}, 60_000);
