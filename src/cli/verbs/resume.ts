/** `finetune resume [RUN]`: the next attempt, from the newest whole checkpoint. */
import { resumeRun } from "../../launch/start.ts";
import { findRun } from "../find-run.ts";
import { seeThrough } from "../see-through.ts";
import { siteOf } from "../site.ts";
import { readArgs } from "../usage.ts";
import type { Verb } from "../verb.ts";

export const resume: Verb = {
  name: "resume",
  summary: "Go on with a run that was stopped, interrupted or crashed",
  usage: "finetune resume [RUN] [--from-start | --with-config] [--detach] [--python PATH] [--json]",
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      "from-start": { type: "boolean" },
      "with-config": { type: "boolean" },
      detach: { type: "boolean", short: "d" },
      python: { type: "string" },
      json: { type: "boolean" },
    });
    const json = values.json === true;
    const say = json ? io.err : io.out;
    const folder = await findRun(io, positionals[0]);
    const place = await siteOf(io, folder, values.python);
    const started = await resumeRun(place, folder, {
      fromStart: values["from-start"] === true,
      withConfig: values["with-config"] === true,
    });
    say(`attempt ${started.attempt} of ${folder.split(/[\\/]/).at(-1) ?? ""}\n`);
    return seeThrough(io, folder, {
      fromAttempt: started.attempt,
      detach: values.detach === true,
      json,
      modal: place.modal,
    });
  },
};
