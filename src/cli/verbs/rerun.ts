/** `finetune rerun RUN`: the exact plan of a run once more, in a run of its own. */
import { runAgain } from "../../launch/run-again.ts";
import { findRun } from "../find-run.ts";
import { seeThrough } from "../see-through.ts";
import { siteOf } from "../site.ts";
import { readArgs } from "../usage.ts";
import type { Verb } from "../verb.ts";

export const rerun: Verb = {
  name: "rerun",
  summary: "Train the exact plan of a run once more, whatever its config says now",
  usage: "finetune rerun [RUN] [--detach] [--python PATH] [--json]",
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      detach: { type: "boolean", short: "d" },
      python: { type: "string" },
      json: { type: "boolean" },
    });
    const json = values.json === true;
    const say = json ? io.err : io.out;
    const folder = await findRun(io, positionals[0]);
    const place = await siteOf(io, folder, values.python);
    const started = await runAgain(place, folder);
    say(`run ${started.folder.split(/[\\/]/).at(-1) ?? ""}\n`);
    return seeThrough(io, started.folder, {
      fromAttempt: 0,
      detach: values.detach === true,
      json,
      modal: place.modal,
    });
  },
};
