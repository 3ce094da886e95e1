/** What a run may cost holds with everything closed: the sandbox ends itself. */
import { onTestFinished, expect, test, vi } from "vitest";
import { dollarsSoFar } from "../../src/core/run/remote-state.ts";
import { rateIn } from "../../src/launch/modal/rate.ts";
import { modalSettings } from "../../src/core/run/modal-settings.ts";
import { MODAL_PRICES } from "../../src/core/estimate/prices.ts";
import { readLogTail } from "../../src/launch/log.ts";
import { ensurePump } from "../../src/launch/modal/start-pump.ts";
import { readRemote } from "../../src/launch/remote-file.ts";
import { outputFile } from "../../src/launch/run-files.ts";
import { startRun } from "../../src/launch/start.ts";
import { kill, lives } from "./processes.ts";
import { openRig } from "./rig.ts";

const wait = { timeout: 30_000, interval: 50 };

const CLOSED = [
  ["after its start", {}],
  ["before its first step, which hangs", { COUNT_HANG: "1" }],
] as const;

/** An L40S with its cores and memory costs $0.00081 a second: this pays for fifteen. */
const CAP = 0.0122;

async function endsItself(when: string, count: Record<string, string>): Promise<void> {
  const rig = await openRig({
    modal: `max_cost_usd: ${CAP}, max_attempts: 3`,
    count: { COUNT_STEPS: "100000", COUNT_SECONDS: "0.05", COUNT_DEAF: "1", ...count },
  });
  const { folder } = await startRun(rig.site, { config: rig.config });
  onTestFinished(() => void kill(folder));
  const id = folder.split("/").at(-1) ?? "";
  await vi.waitFor(() => expect(rig.fake.named(`${id}.0`)?.log.length).toBeGreaterThan(1), wait);
  const begun = Date.now();
  const killed = kill(folder);
  await vi.waitFor(() => expect(killed.filter(lives)).toEqual([]), wait);
  const sandbox = rig.fake.named(`${id}.0`);
  await vi.waitFor(() => expect(sandbox?.result).not.toBeNull(), wait);
  console.log(`${when}: ended itself after ${((Date.now() - begun) / 1000).toFixed(1)} s`);

  await ensurePump(folder, rig.site.modal);
  await vi.waitFor(async () => expect((await readRemote(folder))?.stage).toBe("ended"), wait);
  const { remote, attemptNumber, state } = await rig.view(folder);
  expect(attemptNumber, when).toBe(0);
  expect(state, when).toBe("failed");
  expect(remote?.problem, when).toMatchObject({
    code: "modal-budget",
    message: expect.stringMatching(/because compute\.modal\.max_cost_usd pays for no more\./),
  });
  const paid = remote === null ? null : dollarsSoFar(remote, Date.now() / 1000);
  console.log(`${when}: $${paid?.toFixed(4)} of $${CAP}`);
  expect(paid, when).toBeGreaterThan(0);
  expect(paid, when).toBeLessThanOrEqual(CAP + 60 * (remote?.rate?.dollars ?? 0));
  // Where every thread was when it was ended.
  const { lines } = await readLogTail(outputFile(folder, 0));
  expect(lines.join("\n"), when).toMatch(
    /Fatal Python error: Aborted|Current thread .* \(most recent call first\)/,
  );
  expect(rig.fake.count("SandboxCreate"), when).toBe(1);
}

test("launcher and pump are killed, after the start and before a first step that hangs: the sandbox ends itself within its budget", async () => {
  await Promise.all(CLOSED.map(([when, count]) => endsItself(when, count)));
}, 90_000);

test("what is left of the budget counts over all attempts; too little for a start is said", async () => {
  const rig = await openRig({ modal: "max_cost_usd: 0.0005" });
  const { folder } = await rig.prepare();
  await rig.pump(folder);
  const { state, remote } = await rig.view(folder);
  expect(state).toBe("failed");
  expect(remote?.problem?.message).toBe(
    "What is left of compute.modal.max_cost_usd ($0.00 of $0.0005) does not pay for a start on L40S.",
  );
  expect(rig.fake.count("SandboxCreate")).toBe(0);
}, 30_000);

test("prices: the account's own when it tells them, else the dated table; an unlisted GPU counts as the dearest", async () => {
  const rig = await openRig({ count: { COUNT_STEPS: "2" } });
  const { folder, plan } = await rig.prepare();
  const session = await rig.session();
  const live = { ...MODAL_PRICES, date: "live", gpus: { L40S: 0.0004 }, told: ["L40S"] };
  const settings = modalSettings(plan);
  expect(rateIn(settings, live)).toEqual({ dollars: expect.closeTo(0.00066, 5), date: "live" });
  // The account told the price of another card only.
  expect(rateIn(settings, { ...live, told: ["H100"] }).date).toBe(MODAL_PRICES.date);
  expect(rateIn({ ...settings, gpu: "X900" }, MODAL_PRICES).dollars).toBeCloseTo(0.00224, 4);
  expect(await session.rates()).toBeNull();
  await rig.pump(folder);
  expect((await rig.view(folder)).remote?.rate).toMatchObject({ date: "2026-09-18" });
}, 30_000);
