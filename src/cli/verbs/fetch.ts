/** `finetune fetch RUN [PATH…]`: results of a run on Modal, from its volume into the run folder. */
import { join, relative } from "node:path";
import { size } from "../../core/units.ts";
import { fetchRun } from "../../launch/modal/fetch-run.ts";
import { findRun } from "../find-run.ts";
import { modalSession, modalSite } from "../modal-site.ts";
import { readArgs } from "../usage.ts";
import type { Verb } from "../verb.ts";

export const fetchVerb: Verb = {
  name: "fetch",
  summary: "Bring results, or a checkpoint, of a run on Modal into its run folder",
  usage:
    "finetune fetch [RUN] [PATH…]      PATH as in the run folder: adapter, export/gguf, checkpoints/checkpoint-30",
  async run(args, io) {
    const { positionals } = readArgs(args, {});
    const [wanted, ...paths] = positionals;
    const folder = await findRun(io, wanted);
    const session = await modalSession(io, await modalSite(io));
    try {
      for (const { path, bytes } of await fetchRun(session, folder, paths, io.interrupt)) {
        io.out(`${relative(io.cwd, join(folder, path))}, ${size(bytes)}\n`);
      }
      return 0;
    } finally {
      session.close();
    }
  },
};
