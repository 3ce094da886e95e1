/** `finetune logs [RUN]`: what the trainer printed. */
import { hasEnded } from "../../core/run/status.ts";
import { LogFollower, readLogTail } from "../../launch/log.ts";
import { newestAttempt, outputFile } from "../../launch/run-files.ts";
import { RunReader } from "../../launch/runs.ts";
import { findRun } from "../find-run.ts";
import { reattach } from "../modal-site.ts";
import { readArgs, wholeNumber } from "../usage.ts";
import type { Io, Verb } from "../verb.ts";

const LOOK_EVERY_MS = 250;

export const logs: Verb = {
  name: "logs",
  summary: "Show what a run printed; -f follows it",
  usage: "finetune logs [RUN] [-f] [-n LINES] [--attempt N]",
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      follow: { type: "boolean", short: "f" },
      lines: { type: "string", short: "n" },
      attempt: { type: "string" },
    });
    const wanted = wholeNumber(values.attempt, "--attempt");
    const count = wholeNumber(values.lines, "-n") ?? 1000;
    const folder = await findRun(io, positionals[0]);
    if (values.follow === true) await reattach(io, folder);
    const attempt = wanted ?? (await newestAttempt(folder)) ?? 0;
    const path = outputFile(folder, attempt);
    const { lines, end } = await readLogTail(path, count);
    for (const line of lines) io.out(`${line}\n`);
    if (values.follow === true) await followLog(io, folder, new LogFollower(path, end), attempt);
    return 0;
  },
};

async function followLog(io: Io, folder: string, first: LogFollower, begun: number): Promise<void> {
  const reader = new RunReader(folder, "list");
  let [log, attempt] = [first, begun];
  while (!io.interrupt.aborted) {
    // The state first: what was printed before the end is then read after it was known.
    const view = (await reader.refresh())?.view;
    const state = view?.state;
    for (let lines = await log.pull(); lines.length > 0; lines = await log.pull()) {
      for (const line of lines) io.out(`${line}\n`);
    }
    if (view !== undefined && view.attemptNumber > attempt) {
      // It went on by itself, after a preemption.
      attempt = view.attemptNumber;
      log = new LogFollower(outputFile(folder, attempt));
      continue;
    }
    if (state === undefined || hasEnded(state)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
