import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { launchRecord } from "../../../src/core/estimate/launch-record.ts";
import { readCorrections, resetCorrections } from "../../../src/launch/corrections.ts";
import { rememberRoot } from "../../../src/launch/roots.ts";
import { configOf } from "../core/estimate/configs.ts";
import { gpuFact } from "../core/estimate/facts.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "finetune corrections "));
});
afterEach(() => rm(folder, { recursive: true }));

const card = gpuFact({ capability: "8.9" });
const record = launchRecord(configOf(), { gpus: [card] });
if (record === null) throw new Error("no record");

/** A run folder as launcher and trainer leave it. */
async function run(
  id: string,
  change: { peak: number; status?: string; device?: string; created?: string },
): Promise<void> {
  const at = join(folder, ".finetune", "runs", id);
  await mkdir(join(at, "attempts"), { recursive: true });
  const info = {
    version: 1,
    id,
    name: "test",
    created: change.created ?? "2026-11-25T09:00:00.000Z",
    target: "local",
    config: "config/a.finetune.yaml",
    plan_id: "0".repeat(64),
    estimate: record,
    git: null,
    attempts: [],
    source: "/project/a.finetune.yaml",
  };
  await writeFile(join(at, "run.json"), JSON.stringify(info));
  const device = {
    index: 0,
    uuid: "GPU-0",
    name: change.device ?? card.name,
    total_bytes: card.total,
    capability: "8.9",
  };
  const events = [
    {
      type: "started",
      run: id,
      plan_id: info.plan_id,
      pid: 1,
      host: "h",
      python: "p",
      cwd: "/",
      world_size: 1,
      resumed_from: null,
    },
    { type: "environment", backend: "cuda", versions: {}, devices: [device] },
    {
      type: "finished",
      status: change.status ?? "succeeded",
      incomplete: [],
      step: 1,
      train_loss: 1,
      seconds: 1,
      peaks: { peak_used: change.peak },
    },
  ].map((event, seq) => JSON.stringify({ v: 1, attempt: 0, seq, t: 1000 + seq, t_mono: seq, ...event }));
  await writeFile(join(at, "events.jsonl"), `${events.join("\n")}\n`);
}

const used = record.used_bytes;

test("finished runs correct the next estimate of their card", async () => {
  await rememberRoot(folder, folder);
  await run("20261125-090000-a-0001", { peak: 1.1 * used });
  await run("20261125-090001-a-0002", { peak: 1.06 * used });
  const [correction, ...others] = await readCorrections(folder);
  expect(others).toEqual([]);
  expect(correction).toMatchObject({ key: record.correction_key, runs: 2, timeFactor: 1 });
  expect(correction?.memoryFactor).toBeCloseTo(1.08, 5);
});

test("runs that failed or ran on another card teach nothing", async () => {
  await rememberRoot(folder, folder);
  await run("20261125-090000-a-0001", { peak: 1.1 * used, status: "failed" });
  await run("20261125-090001-a-0002", { peak: 1.1 * used, device: "NVIDIA H200" });
  expect(await readCorrections(folder)).toEqual([]);
});

test("a reset forgets what was before it", async () => {
  await rememberRoot(folder, folder);
  await run("20261125-090000-a-0001", { peak: 1.2 * used });
  await resetCorrections(folder, new Date("2026-11-25T10:00:00Z"));
  expect(await readCorrections(folder)).toEqual([]);
  await run("20261125-110000-a-0002", { peak: 0.9 * used, created: "2026-11-25T11:00:00.000Z" });
  expect((await readCorrections(folder))[0]?.memoryFactor).toBeCloseTo(0.9, 5);
});

test("no runs, no folder: no corrections", async () => {
  expect(await readCorrections(join(folder, "nowhere"))).toEqual([]);
});
