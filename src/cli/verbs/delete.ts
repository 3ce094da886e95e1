/** `finetune delete RUN…`: frees the disk; says how much before it does. */
import { basename } from "node:path";
import { size } from "../../core/units.ts";
import { deleteRun } from "../../launch/delete-run.ts";
import { diskUse } from "../../launch/disk-use.ts";
import { findRun } from "../find-run.ts";
import { readArgs, UsageError } from "../usage.ts";
import type { Verb } from "../verb.ts";

export const remove: Verb = {
  name: "delete",
  summary: "Delete runs with their checkpoints and models; shows what it would free, --yes does it",
  usage: "finetune delete RUN… [--yes]",
  async run(args, io) {
    const { values, positionals } = readArgs(args, { yes: { type: "boolean" } });
    if (positionals.length === 0) throw new UsageError("Name the runs to delete.");
    const folders: string[] = [];
    for (const wanted of positionals) folders.push(await findRun(io, wanted));
    for (const folder of new Set(folders)) {
      const { total, parts } = await diskUse(folder);
      const large = Object.entries(parts)
        .filter(([, bytes]) => bytes >= 2 ** 20)
        .sort(([, a], [, b]) => b - a)
        .map(([name, bytes]) => `${name} ${size(bytes)}`);
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
