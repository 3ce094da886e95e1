/** `finetune strays`: sandboxes on Modal that nobody looks after; adopt them or end them. */
import { ago } from "../../core/units.ts";
import { ensurePump } from "../../launch/modal/start-pump.ts";
import { findStrays, type Stray } from "../../launch/modal/strays.ts";
import { roots } from "../find-run.ts";
import { modalSession, modalSite } from "../modal-site.ts";
import { readArgs, UsageError } from "../usage.ts";
import type { Io, Verb } from "../verb.ts";

export const strays: Verb = {
  name: "strays",
  summary: "List sandboxes on Modal that nobody looks after; --adopt goes on with them, --end ends them",
  usage: "finetune strays [--adopt | --end] [SANDBOX…] [--json]",
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      adopt: { type: "boolean" },
      end: { type: "boolean" },
      json: { type: "boolean" },
    });
    if (values.adopt === true && values.end === true) throw new UsageError("Either --adopt or --end.");
    const site = await modalSite(io);
    const session = await modalSession(io, site);
    try {
      const all = await findStrays(session, await roots(io, true));
      const unknown = positionals.find((id) => !all.some(({ sandbox }) => sandbox === id));
      if (unknown !== undefined) throw new UsageError(`${unknown} is no sandbox that nobody looks after.`);
      const meant = all.filter(({ sandbox, isOurs }) =>
        // What another machine launched is only touched when it is named.
        positionals.length > 0 ? positionals.includes(sandbox) : isOurs,
      );
      if (values.json === true) io.out(`${JSON.stringify(all, null, 1)}\n`);
      else for (const stray of all) io.out(`${line(stray)}\n`);
      if (all.length === 0 && values.json !== true)
        io.out("Nothing runs on Modal that nobody looks after.\n");
      for (const stray of meant) {
        if (values.end === true) {
          await session.terminate(stray.sandbox);
          say(io, `${stray.sandbox}: ended`);
        } else if (values.adopt === true && stray.folder !== null) {
          await ensurePump(stray.folder, site);
          say(io, `${stray.sandbox}: ${stray.run ?? ""} is looked after again`);
        } else if (values.adopt === true) {
          say(io, `${stray.sandbox}: its run is not on this machine or has ended; end it with --end`);
        }
      }
      return 0;
    } finally {
      session.close();
    }
  },
};

const say = (io: Io, text: string): void => io.err(`${text}\n`);

function line({ sandbox, run, attempt, host, created, isOurs, folder }: Stray): string {
  const parts = [
    sandbox,
    run === null ? "of no run" : `${run} (attempt ${(attempt ?? 0) + 1})`,
    `since ${ago(created, Date.now() / 1000)}`,
    isOurs ? null : `launched on ${host ?? "another machine"}`,
    folder === null ? "its run is not here or has ended" : folder,
  ];
  return parts.filter((part) => part !== null).join("  ");
}
