/** Runs on Modal as a person uses them: stop, resume, export, strays, from a terminal; and what stays secret. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { commandLine } from "../../src/cli/command-line.ts";
import type { Io } from "../../src/cli/verb.ts";
import { wishStop } from "../../src/launch/modal/stop-wish.ts";
import { readRemote } from "../../src/launch/remote-file.ts";
import { runTags } from "../../src/launch/modal/names.ts";
import { findStrays } from "../../src/launch/modal/strays.ts";
import { resumeRun, startRun } from "../../src/launch/start.ts";
import { kill, pumps } from "./processes.ts";
import { openRig, type Rig } from "./rig.ts";

const wait = { timeout: 30_000, interval: 20 };
const range = (to: number): number[] => Array.from({ length: to }, (_, index) => index + 1);

function terminal(rig: Rig) {
  return async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const said = { out: "", err: "" };
    const io: Io = {
      cwd: rig.root,
      env: {
        ...rig.site.modal.env,
        FINETUNE_PROGRAM: rig.site.modal.program,
        FINETUNE_TRAINER_DIR: rig.site.trainer,
        FINETUNE_DATA_DIR: rig.site.data,
        FINETUNE_CACHE_DIR: rig.site.cache,
      },
      columns: null,
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      interrupt: new AbortController().signal,
      interruptNow: new AbortController().signal,
    };
    return { code: await commandLine(args, io), ...said };
  };
}

const runOf = (rig: Rig): string => {
  const runs = join(rig.root, ".finetune", "runs");
  return join(runs, readdirSync(runs).toSorted().at(-1) ?? "");
};

test("a graceful stop ends at the next step with a checkpoint; resume goes on there, on the volume's checkpoint", async () => {
  const rig = await openRig({ count: { COUNT_STEPS: "60", COUNT_SECONDS: "0.03", COUNT_EVERY: "50" } });
  const { folder } = await startRun(rig.site, { config: rig.config });
  onTestFinished(() => void kill(folder));
  await vi.waitFor(async () => expect((await rig.view(folder)).job.step).toBeGreaterThan(3), wait);
  await wishStop(folder, 0, "graceful");
  await vi.waitFor(async () => expect((await rig.view(folder)).state).toBe("stopped"), wait);
  const stopped = (await rig.view(folder)).job.step;
  expect(stopped).toBeLessThan(60);
  const both = await Promise.allSettled([resumeRun(rig.site, folder), resumeRun(rig.site, folder)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  await vi.waitFor(async () => expect((await rig.view(folder)).state).toBe("succeeded"), wait);
  const { job, remote } = await rig.view(folder);
  expect(job.started?.resumed_from).toEqual({ step: stopped, path: `checkpoints/checkpoint-${stopped}` });
  expect(job.points.map(({ step }) => step)).toEqual(range(60));
  expect(remote?.paid).toHaveLength(2);
  await expect(resumeRun(rig.site, folder)).rejects.toMatchObject({ code: "already-done" });
}, 60_000);

test("from a terminal: run says what leaves and what it costs, then runs, logs and export know the run", async () => {
  const rig = await openRig({
    count: { COUNT_ADAPTER: "1000" },
    more: "save: {method: merged_16bit}\n",
  });
  const finetune = terminal(rig);
  await writeFile(rig.config, readFileSync(rig.config, "utf8").replace("target: modal, ", ""));
  const { code, out, err } = await finetune("run", "--target", "modal", "support.finetune.yaml");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/^support · .* · ≈ [\d.]+ [GM]B on L40S · .*≈ \$\d+\.\d\d \(prices of 2026-09-18\)/m);
  expect(out).toMatch(/^sends +the plan and the trainer, data\.jsonl \(1 KB\)$/m);
  expect(out).toMatch(/^image +me\/own:1$/m);
  expect(out).toMatch(/^train +20\/20/m);
  expect(out).toMatch(/^succeeded +20 steps/m);
  const folder = runOf(rig);
  const { job, remote } = await rig.view(folder);
  expect(job.artifacts.map(({ kind }) => kind)).toEqual(["adapter", "merged_16bit"]);
  expect(statSync(join(folder, "adapter", "weights.bin")).size).toBe(1000);
  expect(readFileSync(join(folder, "export", "merged_16bit", "model.bin"), "utf8")).toBe("12345");
  // Trained with a GPU, merged without one.
  expect(remote?.paid.map(({ kind }) => kind)).toEqual(["train", "export"]);
  const [first, second] = [...rig.fake.state.sandboxes.values()];
  expect(first?.facts.definition.resources?.gpuConfig?.gpuType ?? "").toContain("L40S");
  expect(second?.facts.definition.resources?.gpuConfig?.gpuType ?? "").toBe("");
  expect((await finetune("runs")).out).toMatch(/succeeded/);
  expect((await finetune("logs", "-n", "1")).out).toMatch(/^step 20$/m);
  await rm(join(folder, "export"), { recursive: true });
  const exported = await finetune("export", "support", "--method", "merged_16bit");
  expect(exported).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^merged_16bit +\S+merged_16bit, 1 KB$/m),
  });
  expect(readFileSync(join(folder, "export", "merged_16bit", "model.bin"), "utf8")).toBe("12345");
  expect((await rig.view(folder)).info["cost"]).toMatchObject({ sandboxes: 3 });
  expect(await finetune("export", "support", "--method", "gguf")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/No llama\.cpp\.\nBuild it\./),
  });
  await rm(join(folder, "adapter"), { recursive: true });
  const fetched = await finetune("fetch", "support", "adapter");
  expect(fetched).toMatchObject({ code: 0, out: expect.stringMatching(/adapter, 1 KB/) });
  expect(await finetune("fetch", "support", "../other")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^\.\.\/other is not a path inside the run\./),
  });
}, 60_000);

test("nobody signed in: run and stop say so, and what to do", async () => {
  const rig = await openRig({ env: { MODAL_TOKEN_ID: "", MODAL_TOKEN_SECRET: "" } });
  const { code, err } = await terminal(rig)("run", "support.finetune.yaml");
  expect(code).toBe(1);
  expect(err).toMatch(
    /^You are not signed in to Modal\.\nRun Fine-tune: Sign In to Modal, or modal token new/m,
  );
  expect(readdirSync(join(rig.root, ".finetune"))).toEqual([]);
}, 30_000);

test("what waits for another run, or for nothing known, is refused before a folder is made", async () => {
  const rig = await openRig();
  await expect(startRun(rig.site, { config: rig.config, after: "x" })).rejects.toMatchObject({
    code: "no-queue-there",
  });
  const { code, err } = await terminal(rig)("run", "--target", "moon", "support.finetune.yaml");
  expect({ code, first: err.split("\n")[0] }).toEqual({
    code: 2,
    first: '--target is local or modal, not "moon".',
  });
  expect(readdirSync(join(rig.root, ".finetune"))).toEqual([]);
}, 30_000);

test("a wrong token ends the run with a sentence, and nothing was started", async () => {
  const rig = await openRig({ env: { MODAL_TOKEN_SECRET: "as-wrong" } });
  const { folder } = await rig.prepare();
  await rig.pump(folder);
  const { state, remote } = await rig.view(folder);
  expect(state).toBe("failed");
  expect(remote?.problem?.code).toBe("modal-token");
  expect(rig.fake.count("SandboxCreate")).toBe(0);
}, 30_000);

test("strays: without a pump they are found, adopted with their folder, or ended without", async () => {
  const rig = await openRig({ count: { COUNT_STEPS: "100000", COUNT_SECONDS: "0.05" } });
  const finetune = terminal(rig);
  const one = await startRun(rig.site, { config: rig.config });
  const two = await startRun(rig.site, { config: rig.config });
  onTestFinished(() => [one, two].forEach(({ folder }) => void kill(folder)));
  for (const { folder } of [one, two]) {
    await vi.waitFor(async () => expect((await rig.view(folder)).job.step).toBeGreaterThan(0), wait);
  }
  const session = await rig.session();
  expect(await findStrays(session, [rig.root])).toEqual([]);
  const killed = [...kill(one.folder), ...kill(two.folder)];
  expect(killed).toHaveLength(2);
  const id = two.folder.split("/").at(-1) ?? "";
  await rm(two.folder, { recursive: true, force: true, maxRetries: 5 });
  await vi.waitFor(async () => expect(await findStrays(session, [rig.root])).toHaveLength(2), wait);
  expect((await finetune("strays")).out).toMatch(/its run is not here or has ended/);
  const adopted = await finetune("strays", "--adopt");
  expect(adopted.err).toMatch(/is looked after again/);
  expect(adopted.err).toMatch(/its run is not on this machine or has ended; end it with --end/);
  expect(pumps(one.folder)).toHaveLength(1);
  const left = await findStrays(session, [rig.root]);
  expect(left).toMatchObject([{ run: id, folder: null, isOurs: true }]);
  await finetune("strays", "--end");
  await vi.waitFor(async () => expect(await session.find(runTags(id, 0))).toEqual([]), wait);
  expect((await finetune("strays")).out).toBe("Nothing runs on Modal that nobody looks after.\n");
  expect(await finetune("stop", "--now", one.folder)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/ended$/m),
  });
}, 90_000);

test("no credential in any file, argument, environment of the pump, log or event", async () => {
  const planted = {
    token: "as-planted-7c1e",
    hub: "hf_plantedplantedplantedplanted",
    wandb: "wandbplanted00000",
  };
  const rig = await openRig({
    count: { COUNT_STEPS: "40", COUNT_SECONDS: "0.05", COUNT_ADAPTER: "100" },
    config: [
      "model: unsloth/Llama-3.2-1B-Instruct",
      "dataset: data.jsonl",
      "training: {report_to: wandb}",
      'compute: {target: modal, modal: {gpu: L40S, image: "me/own:1"}}',
      "",
    ].join("\n"),
    env: {
      HF_TOKEN: planted.hub,
      WANDB_API_KEY: planted.wandb,
      FINETUNE_MODAL_LOG: "debug",
    },
    secret: planted.token,
  });
  const { folder } = await startRun(rig.site, { config: rig.config });
  onTestFinished(() => void kill(folder));
  await vi.waitFor(async () => expect((await rig.view(folder)).job.step).toBeGreaterThan(0), wait);
  const [pid] = pumps(folder);
  const seen = [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`].map((path) => readFileSync(path, "utf8"));
  await vi.waitFor(async () => expect((await readRemote(folder))?.stage).toBe("ended"), wait);
  const { state, remote } = await rig.view(folder);
  expect({ state, problem: remote?.problem }).toEqual({ state: "succeeded", problem: null });
  const files = [rig.root, rig.fake.volume("finetune-runs")].flatMap((root) =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  expect(files.length).toBeGreaterThan(20);
  expect(files.some((path) => path.endsWith("pump.log"))).toBe(true);
  for (const [what, text] of [
    ...seen.map((proc, index) => [`process ${index}`, proc] as const),
    ...files.map((path) => [path, readFileSync(path, "latin1")] as const),
  ]) {
    for (const value of Object.values(planted))
      expect(text.includes(value), `${what} holds ${value}`).toBe(false);
  }
  // And yet the run had them.
}, 60_000);
