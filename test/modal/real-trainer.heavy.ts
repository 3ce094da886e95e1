/** The real trainer in the fake Modal's container, with a tiny random model: needs the Python environment. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { readRemote } from "../../src/launch/remote-file.ts";
import { startRun } from "../../src/launch/start.ts";
import { STATUS } from "./fake/result.ts";
import { kill } from "./processes.ts";
import type { Rig } from "./rig.ts";
import { eventNumbers } from "./seen.ts";
import { openTiny } from "./tiny.ts";

const wait = { timeout: 300_000, interval: 50 };

async function train(
  rig: Rig,
  meanwhile: (folder: string, id: string) => Promise<void> = async () => undefined,
) {
  const { folder } = await startRun(rig.site, { config: rig.config });
  onTestFinished(() => void kill(folder));
  const id = folder.split("/").at(-1) ?? "";
  await meanwhile(folder, id);
  await vi.waitFor(async () => expect((await readRemote(folder))?.stage).toBe("ended"), wait);
  return { folder, id, view: await rig.view(folder) };
}

const range = (to: number): number[] => Array.from({ length: to }, (_, index) => index + 1);

test("a tiny model trained on Modal: streamed, finished, its adapter here to the byte; taken away at step 30, the same curve", async () => {
  const rig = await openTiny("max_steps: 60\n  save_steps: 10");
  const whole = await train(rig);
  expect({ state: whole.view.state, problem: whole.view.remote?.problem }).toEqual({
    state: "succeeded",
    problem: null,
  });
  expect(whole.view.job.points.map(({ step }) => step)).toEqual(range(60));
  const there = join(rig.fake.volume("finetune-runs"), "runs", whole.id, "adapter");
  const names = readdirSync(there).toSorted();
  expect(names).toContain("adapter_model.safetensors");
  expect(readdirSync(join(whole.folder, "adapter")).toSorted()).toEqual(names);
  for (const name of names) {
    expect(
      readFileSync(join(whole.folder, "adapter", name)).equals(readFileSync(join(there, name))),
      name,
    ).toBe(true);
  }
  const uploads = rig.fake.count("VolumePutFiles2");
  expect(uploads).toBeGreaterThan(0);

  const broken = await train(rig, async (folder, id) => {
    await vi.waitFor(async () => expect((await rig.view(folder)).job.step).toBeGreaterThanOrEqual(30), wait);
    rig.fake.named(`${id}.0`)?.end({ status: STATUS.internal_failure, exitcode: 0, exception: "" });
  });
  expect({ state: broken.view.state, attempt: broken.view.attemptNumber }).toEqual({
    state: "succeeded",
    attempt: 1,
  });
  expect(broken.view.job.points.map(({ step }) => step)).toEqual(range(60));
  const numbers = await eventNumbers(broken.folder);
  expect(new Set(numbers).size).toBe(numbers.length);
  const [a, b] = [whole, broken].map(({ view }) => view.job.points.map(({ loss }) => loss ?? Number.NaN));
  const apart = (a ?? []).map((loss, index) => Math.abs(loss - (b?.[index] ?? Number.NaN)));
  console.log(`largest distance of the two curves: ${Math.max(...apart).toExponential(1)}`);
  for (const distance of apart) expect(distance).toBeLessThan(1e-4);
  const paid = broken.view.remote?.paid ?? [];
  expect(paid.map(({ attempt }) => attempt)).toEqual([0, 1]);
  const seconds = paid.reduce((sum, { from, to }) => sum + ((to ?? Number.NaN) - from), 0);
  const rate = broken.view.remote?.rate?.dollars ?? Number.NaN;
  expect(broken.view.info["cost"]).toMatchObject({ usd: expect.closeTo(seconds * rate, 3), sandboxes: 2 });
  // The input was sent once.
  expect(readdirSync(join(rig.fake.volume("finetune-runs"), "inputs"))).toHaveLength(2);
}, 600_000);
