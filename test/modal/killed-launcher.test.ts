/** A terminal that is killed while it starts a run on Modal: the run is found, is one run, and is paid for once. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { judgeHere } from "../../src/launch/liveness.ts";
import { ensurePump } from "../../src/launch/modal/start-pump.ts";
import { readRemote } from "../../src/launch/remote-file.ts";
import { attemptFile, runFile } from "../../src/launch/run-files.ts";
import { runsFolder } from "../../src/launch/roots.ts";
import { RunReader } from "../../src/launch/runs.ts";
import { resumeRun } from "../../src/launch/start.ts";
import { kill, pumps } from "./processes.ts";
import { openRig, type Rig } from "./rig.ts";
import { stepsOf } from "./seen.ts";

const wait = { timeout: 30_000, interval: 20 };
const range = (to: number): number[] => Array.from({ length: to }, (_, index) => index + 1);

type Moment = readonly [name: string, at: (run: string, rig: Rig) => boolean];

const MOMENTS: readonly Moment[] = [
  ["the run has its folder", (run) => existsSync(runFile(run))],
  ["its attempt is recorded", (run) => existsSync(attemptFile(run, 0))],
  ["a pump could begin", (run) => existsSync(join(run, "remote.json"))],
  ["a pump has begun", (run) => pumps(run).length > 0],
  ["a GPU is waited for", (_, { fake }) => [...fake.state.sandboxes.values()].some((one) => !one.scheduled)],
  ["it trains", (_, { fake }) => [...fake.state.sandboxes.values()].some(({ log }) => log.length > 5)],
];

/** Starts a run from a terminal, which is killed as soon as the moment has come. */
async function killedAt(rig: Rig, at: Moment[1]): Promise<string> {
  const env = {
    ...rig.site.modal.env,
    FINETUNE_PROGRAM: rig.site.modal.program,
    FINETUNE_TRAINER_DIR: rig.site.trainer,
    FINETUNE_DATA_DIR: rig.site.data,
    FINETUNE_CACHE_DIR: rig.site.cache,
  };
  const terminal = spawn(process.execPath, [rig.site.modal.program, "run", rig.config], {
    cwd: rig.root,
    env,
    stdio: "ignore",
  });
  const ended = once(terminal, "exit");
  const runs = runsFolder(rig.root);
  const run = (): string | undefined => (existsSync(runs) ? readdirSync(runs)[0] : undefined);
  for (let id = run(); id === undefined || !at(join(runs, id), rig); id = run()) {
    expect(terminal.exitCode).toBeNull();
    await new Promise(setImmediate);
  }
  terminal.kill("SIGKILL");
  await ended;
  return join(runs, run() ?? "");
}

test.each(MOMENTS)(
  "killed when %s",
  async (_, at) => {
    const rig = await openRig({ count: { COUNT_STEPS: "20", COUNT_SECONDS: "0.02" } });
    rig.fake.hooks.schedule = 300;
    const folder = await killedAt(rig, at);
    onTestFinished(() => void kill(folder));
    // What the next window does with what it finds.
    if ((await readRemote(folder)) === null) {
      const later = { ...(await judgeHere()), now: Date.now() + 100_000 };
      expect((await new RunReader(folder, "full").refresh(later))?.view.state).toBe("crashed");
      vi.setSystemTime(Date.now() + 100_000);
      await resumeRun(rig.site, folder);
      vi.useRealTimers();
    } else await ensurePump(folder, rig.site.modal);
    await vi.waitFor(async () => expect((await readRemote(folder))?.stage).toBe("ended"), wait);
    const { state, attemptNumber, remote } = await rig.view(folder);
    expect({ state, problem: remote?.problem }).toEqual({ state: "succeeded", problem: null });
    expect(await stepsOf(folder, attemptNumber)).toEqual(range(20));
    expect(readdirSync(runsFolder(rig.root))).toHaveLength(1);
    expect(rig.fake.count("SandboxCreate")).toBe(1);
  },
  60_000,
);
