/** `finetune stop [RUN]`: at the next step with a checkpoint, or now. */
import { hasEnded } from "../../core/run/status.ts";
import { openRun } from "../../launch/runs.ts";
import { stopRun } from "../../launch/start.ts";
import { findRun } from "../find-run.ts";
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
    await stopRun(folder, values.now === true ? "now" : "graceful");
    const how = values.now === true ? "ended" : "asked to stop at its next step";
    io.out(`${view?.id ?? folder}: ${how}\n`);
    return 0;
  },
};
