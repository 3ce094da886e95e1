/** The real trainer under SIGKILL, at random moments, in the middle of writing checkpoints too. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { openRun, type RunView } from "../../src/launch/runs.ts";
import { newestAttempt } from "../../src/launch/run-files.ts";
import { resumeRun, type Site, startRun } from "../../src/launch/start.ts";
import { projectRoot } from "../../.ci/setup/places.mjs";
import { tinyWorkspace } from "./workspace.ts";

/** Twenty prove it, three are quick: FINETUNE_KILLS=20. */
const KILLS = Number(process.env["FINETUNE_KILLS"] ?? 3);
const STEPS = Math.max(60, KILLS * 10);

const place = tinyWorkspace();
afterAll(() => place.remove());

const site: Site = {
  python: place.python,
  trainer: path.join(projectRoot, "python"),
  cache: path.join(place.folder, "..", "cache"),
  data: place.env["FINETUNE_DATA_DIR"] ?? "",
  env: process.env,
  hasGpu: false,
};
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(folder: string, isSo: (view: RunView) => boolean): Promise<RunView> {
  for (;;) {
    const view = await openRun(folder);
    if (view === null) throw new Error(`${folder} is no run`);
    if (isSo(view)) return view;
    if (["failed", "interrupted"].includes(view.state)) throw new Error(JSON.stringify(view.job.error));
    await pause(20);
  }
}

/** Checkpoints without their mark: being written, or torn by a kill. */
function unfinished(folder: string): string[] {
  const root = path.join(folder, "checkpoints");
  if (!existsSync(root)) return [];
  return readdirSync(root).filter((name) => !existsSync(path.join(root, name, "COMPLETE.json")));
}

/** Resolves in the middle of the next write, or when none came for a while. */
async function writing(folder: string): Promise<void> {
  const before = new Set(unfinished(folder));
  const patience = Date.now() + 10_000;
  while (Date.now() < patience) {
    // Looking without a pause: a write of this small model takes some milliseconds.
    for (let look = 0; look < 50; look += 1) if (unfinished(folder).some((name) => !before.has(name))) return;
    await new Promise(setImmediate);
  }
}

test(`killed ${KILLS} times: resumes from a whole checkpoint, and the curve joins`, async () => {
  const config = path.join(place.folder, "killed.finetune.yaml");
  writeFileSync(
    config,
    [
      "model: {name: ./tiny, max_seq_length: 256, load_in_4bit: false, load_in_16bit: true, dtype: float32}",
      "dataset: rows.jsonl",
      `training: {max_steps: ${STEPS}, save_steps: 2, gradient_accumulation_steps: 1, optim: adamw_torch}`,
    ].join("\n"),
  );
  const undisturbed = await startRun(site, { config });
  const whole = await until(undisturbed.folder, ({ state }) => state === "succeeded");
  const { folder } = await startRun(site, { config });
  const resumedFrom: number[] = [];
  let torn = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const begun = await until(
      folder,
      ({ job, attemptNumber }) => job.attempt === attemptNumber && job.phases.at(-1)?.name === "train",
    );
    const further = 2 + Math.floor(Math.random() * 5);
    await until(
      folder,
      ({ job, state }) =>
        (job.checkpoints.length > 0 && job.step >= begun.job.step + further) || state === "succeeded",
    );
    const { attempt, state } = await until(folder, () => true);
    if (state === "succeeded") break;
    // Every second one in the middle of a write.
    if (kill % 2 === 0) await writing(folder);
    else await pause(Math.random() * 300);
    process.kill(-(attempt?.pid ?? 0), "SIGKILL");
    await until(folder, (view) => view.state === "crashed");
    torn += unfinished(folder).length > 0 ? 1 : 0;
    await resumeRun(site, folder);
    const { job } = await until(
      folder,
      (view) => view.job.attempt === view.attemptNumber && view.job.started !== null,
    );
    resumedFrom.push(job.started?.resumed_from?.step ?? 0);
  }
  const { job } = await until(folder, ({ state }) => state === "succeeded");
  expect(job.points.map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, index) => index + 1));
  const differences = job.points.map(({ loss }, index) =>
    Math.abs((loss ?? Number.NaN) - (whole.job.points[index]?.loss ?? 0)),
  );
  const lines = readFileSync(path.join(folder, "events.jsonl"), "utf8").trimEnd().split("\n").length;
  console.log(
    `${resumedFrom.length} kills, ${torn} of them in the middle of a checkpoint; resumed from steps ${resumedFrom.join(", ")}; largest difference of a loss from the undisturbed run ${Math.max(...differences)}; ${lines} event lines, ${job.invalid} torn`,
  );
  expect(Math.max(...differences)).toBeLessThan(1e-3);
  expect(await newestAttempt(folder)).toBe(resumedFrom.length);
}, 1_800_000);
