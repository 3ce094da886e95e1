/** A window that dies while it starts a run: whatever moment it was, the run is found, and is one run. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { judgeHere } from "../../../src/launch/liveness.ts";
import { runsFolder } from "../../../src/launch/roots.ts";
import { listRuns, RunReader } from "../../../src/launch/runs.ts";
import { resumeRun, stopRun } from "../../../src/launch/start.ts";
import { bundledProgram } from "../bundled-program.ts";
import { counting, view } from "./counting.ts";
import { scratch } from "./scratch.ts";

/** Twenty prove it, six are quick: FINETUNE_KILLS=20. */
const KILLS = Number(process.env["FINETUNE_KILLS"] ?? 6);

let program: Awaited<ReturnType<typeof bundledProgram>>;
beforeAll(async () => {
  program = await bundledProgram(join(import.meta.dirname, "launch-once.ts"));
});
afterAll(() => program.remove());

/** What is there when the launcher is killed: nothing, the folder, the record, the log of a process. */
function reached(root: string): "nothing" | "folder" | "record" | "process" {
  const runs = runsFolder(root);
  const [id] = existsSync(runs) ? readdirSync(runs) : [];
  if (id === undefined) return "nothing";
  if (existsSync(join(runs, id, "output.0.log"))) return "process";
  return existsSync(join(runs, id, "attempts", "0.json")) ? "record" : "folder";
}

test(`killed at ${KILLS} moments between the folder and the trainer's own word: the run is found each time`, async () => {
  const seen: Record<string, number> = {};
  for (let kill = 0; kill < KILLS; kill += 1) {
    const root = await scratch();
    const config = join(root, "support.finetune.yaml");
    await writeFile(config, "model: smollm2-135m-instruct\ndataset: data.jsonl\n");
    await writeFile(join(root, "data.jsonl"), '{"prompt": "a", "completion": "b"}\n');
    const site = await counting(root, { COUNT_STEPS: "5" });
    const launcher = spawn(process.execPath, [program.file, JSON.stringify(site), config], {
      stdio: "ignore",
    });
    const until = (["folder", "record", "process"] as const)[kill % 3];
    while (reached(root) !== until && reached(root) !== "process") await new Promise(setImmediate);
    // The trainer signs within some ten milliseconds of its start.
    if (until === "process") await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    launcher.kill("SIGKILL");
    await once(launcher, "exit");
    const at = reached(root);
    seen[at] = (seen[at] ?? 0) + 1;

    const found = await listRuns(root);
    if (found.length === 0) {
      // Killed while it wrote the folder: without `run.json` it is no run, and no process works in it.
      expect(at).toBe("folder");
      continue;
    }
    const [{ folder } = { folder: "" }] = found;
    expect(found).toHaveLength(1);
    const signed = await vi
      .waitFor(async () => expect((await view(folder)).state).toBe("succeeded"), {
        timeout: at === "process" ? 15_000 : 1500,
      })
      .then(
        () => true,
        () => false,
      );
    if (!signed) {
      // Nothing was started. That is certain when an interpreter has had its time; then it can be begun again.
      const later = { ...(await judgeHere()), now: Date.now() + 100_000 };
      expect((await new RunReader(folder, "full").refresh(later))?.view.state).toBe("crashed");
      vi.setSystemTime(Date.now() + 100_000);
      await resumeRun(site, folder);
      vi.useRealTimers();
      await vi.waitFor(async () => expect((await view(folder)).state).toBe("succeeded"), { timeout: 15_000 });
    }
    expect((await view(folder)).job.points.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    await stopRun(folder, "now");
  }
  console.log(`${KILLS} launchers killed; what was there: ${JSON.stringify(seen)}; every run found`);
}, 120_000);
