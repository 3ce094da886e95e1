/** `finetune pump RUN`: the process that looks after a run on Modal; started by Run, never by hand. */
import { openSession } from "../../launch/modal/open-session.ts";
import { pump } from "../../launch/modal/pump.ts";
import { pumpTiming, readPumpInput } from "../../launch/modal/pump-input.ts";
import { findRun } from "../find-run.ts";
import { one, readArgs } from "../usage.ts";
import type { Verb } from "../verb.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;

export const pumpVerb: Verb = {
  name: "pump",
  summary: "Look after a run on Modal; expects credentials on its input",
  usage: "finetune pump RUN",
  hidden: true,
  async run(args, io) {
    const folder = await findRun(io, one(readArgs(args, {}).positionals, "a run"));
    const log = (text: string): void => io.out(`${new Date().toISOString()} ${text}\n`);
    const input = await readPumpInput(process.stdin);
    if (input === null) {
      io.err("pump expects a line with credentials on its input: it is started by finetune run.\n");
      return 2;
    }
    const wanted = LEVELS.findIndex((level) => level === io.env["FINETUNE_MODAL_LOG"]);
    const from = wanted < 0 ? LEVELS.indexOf("warn") : wanted;
    const session = await openSession(input.credentials, (level, text) => {
      if (LEVELS.indexOf(level) >= from) log(`${level} ${text}`);
    });
    try {
      const timing = pumpTiming(io.env["FINETUNE_PUMP_TIMING"]);
      log(`pump: ${await pump({ folder, session, secrets: input.secrets, ...timing, log })}`);
      return 0;
    } finally {
      session.close();
    }
  },
};
