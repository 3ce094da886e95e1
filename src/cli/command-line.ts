/** The command line: `finetune VERB …`. What a verb does stands in its own file. */
import { closest } from "../core/config/closest.ts";
import { LaunchError } from "../launch/launcher.ts";
import { UsageError } from "./usage.ts";
import type { Io, Verb } from "./verb.ts";
import { chat } from "./verbs/chat.ts";
import { data } from "./verbs/data.ts";
import { remove } from "./verbs/delete.ts";
import { doctor } from "./verbs/doctor.ts";
import { estimate } from "./verbs/estimate.ts";
import { explain } from "./verbs/explain.ts";
import { exportVerb } from "./verbs/export.ts";
import { fetchVerb } from "./verbs/fetch.ts";
import { logs } from "./verbs/logs.ts";
import { pumpVerb } from "./verbs/pump.ts";
import { rerun } from "./verbs/rerun.ts";
import { resume } from "./verbs/resume.ts";
import { run } from "./verbs/run.ts";
import { runs } from "./verbs/runs.ts";
import { setup } from "./verbs/setup.ts";
import { stop } from "./verbs/stop.ts";
import { strays } from "./verbs/strays.ts";
import { validate } from "./verbs/validate.ts";

export const verbs: readonly Verb[] = [
  validate,
  estimate,
  data,
  run,
  runs,
  logs,
  stop,
  resume,
  rerun,
  remove,
  fetchVerb,
  strays,
  chat,
  exportVerb,
  explain,
  setup,
  doctor,
  pumpVerb,
];

const help = (): string => {
  const shown = verbs.filter(({ hidden }) => hidden !== true);
  const width = Math.max(...shown.map(({ name }) => name.length));
  const lines = shown.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `finetune: fine-tune a language model from one YAML file\n\n${lines.join("\n")}\n\nfinetune VERB --help shows the options.\n`;
};

/** Runs one command; never throws for what a person can cause. */
export async function commandLine(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    io.out(help());
    return name === undefined ? 2 : 0;
  }
  const verb = verbs.find((candidate) => candidate.name === name);
  if (verb === undefined) {
    const meant = closest(
      name,
      verbs.map((candidate) => candidate.name),
    );
    io.err(
      `finetune has no verb "${name}".${meant === undefined ? "" : ` Did you mean ${meant}?`} finetune help lists them.\n`,
    );
    return 2;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    io.out(`${verb.usage}\n${verb.summary}\n`);
    return 0;
  }
  try {
    return await verb.run(rest, io);
  } catch (error) {
    return tell(error, verb, io);
  }
}

function tell(error: unknown, verb: Verb, io: Io): number {
  if (error instanceof UsageError) {
    io.err(`${error.message}\nusage: ${verb.usage}\n`);
    return 2;
  }
  if (error instanceof LaunchError) {
    io.err(`${error.message}\n${error.hint}\n`);
    return 1;
  }
  if (io.interrupt.aborted) return 130;
  const missing = error instanceof Error && "code" in error && error.code === "ENOENT" && "path" in error;
  if (missing) {
    io.err(`${String(error.path)} does not exist.\n`);
    return 1;
  }
  io.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
