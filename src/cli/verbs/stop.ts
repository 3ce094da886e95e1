/** `finetune stop [RUN]`: at the next step with a checkpoint, or now. */
import { hasEnded } from "../../core/run/status.ts";
import { openRun } from "../../launch/runs.ts";
import { stopRun } from "../../launch/start.ts";
import { findRun } from "../find-run.ts";
import { modalOf } from "../site.ts";
import { readArgs } from "../usage.ts";
import type { Verb } from "../verb.ts";

export const stop: Verb = {
  name: "stop",
  summary: "Stop a run at its next step and keep a checkpoint, or at once with --now",
  usage: "finetune stop [RUN] [--now]",
  async run(args, io) {
    const { values, positionals } = readArgs(args, { now: { type: "boolean" } });
    const folder = await findRun(io, positionals[0]);
    const view = await openRun(folder);
    if (view !== null && hasEnded(view.state)) {
      io.out(`${view.id} has ended already (${view.state})\n`);
      return 0;
    }
    await stopRun(folder, values.now === true ? "now" : "graceful", await modalOf(io, folder));
    const after = await openRun(folder);
    const problem = after?.remote?.problem ?? null;
    if (after !== null && !hasEnded(after.state) && problem !== null) {
      io.err(`${after.id}: ${problem.message}\n${problem.hint}\n`);
      return 1;
    }
    const ended = values.now === true && (after === null || hasEnded(after.state));
    const how = ended ? "ended" : values.now === true ? "asked to end now" : "asked to stop at its next step";
    io.out(`${view?.id ?? folder}: ${how}\n`);
    return 0;
  },
};
