/** `finetune delete RUN…`: frees the disk; says how much before it does. `--checkpoints`: keeps the best and the newest. */
import { basename } from "node:path";
import { size } from "../../core/units.ts";
import { deleteRun } from "../../launch/delete-run.ts";
import { diskUse, largeParts } from "../../launch/disk-use.ts";
import { noRun } from "../../launch/resume.ts";
import { openRun } from "../../launch/runs.ts";
import { deleteSpare, spareCheckpoints } from "../../launch/spare-checkpoints.ts";
import { findRun } from "../find-run.ts";
import { readArgs, UsageError } from "../usage.ts";
import type { Verb } from "../verb.ts";

export const remove: Verb = {
  name: "delete",
  summary: "Delete runs with their checkpoints and models; shows what it would free, --yes does it",
  usage: "finetune delete RUN… [--checkpoints] [--yes]",
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      yes: { type: "boolean" },
      checkpoints: { type: "boolean" },
    });
    if (positionals.length === 0) throw new UsageError("Name the runs to delete.");
    const folders: string[] = [];
    for (const wanted of positionals) folders.push(await findRun(io, wanted));
    for (const folder of new Set(folders)) {
      if (values.checkpoints === true) {
        io.out(await prune(folder, values.yes === true));
        continue;
      }
      const use = await diskUse(folder);
      const { total } = use;
      const large = largeParts(use).map(([name, bytes]) => `${name} ${size(bytes)}`);
      if (values.yes === true) await deleteRun(folder);
      const done = values.yes === true ? "deleted" : "would be deleted";
      io.out(
        `${basename(folder)} ${done}: ${size(total)}${large.length === 0 ? "" : ` (${large.join(", ")})`}\n`,
      );
    }
    if (values.yes !== true) io.out("Nothing was deleted yet: add --yes.\n");
    return 0;
  },
};

/** One line: what went, or would go. */
async function prune(folder: string, really: boolean): Promise<string> {
  const view = await openRun(folder);
  if (view === null) throw noRun(folder);
  const spare = await spareCheckpoints(view);
  if (really) await deleteSpare(spare);
  const bytes = spare.reduce((sum, one) => sum + one.bytes, 0);
  const done = really ? "deleted" : "would be deleted";
  return `${view.id}: ${spare.length} checkpoint${spare.length === 1 ? "" : "s"} ${done}: ${size(bytes)}\n`;
}
