/** `finetune run CONFIG`: check, start, watch. */
import { resolve } from "node:path";
import { isError } from "../../core/config/problem.ts";
import type { Facts } from "../../core/facts.ts";
import { loadConfig, type LoadedConfig } from "../../launch/load-config.ts";
import { openRun } from "../../launch/runs.ts";
import { startRun } from "../../launch/start.ts";
import { estimateFacts } from "../estimate-facts.ts";
import { follow } from "../follow.ts";
import { expectation, headline } from "../headline.ts";
import { exitCode, lastLines, outcomeJson } from "../outcome.ts";
import { problemLines } from "../problem-text.ts";
import { findPython, site } from "../site.ts";
import { survivalNotice } from "../survival-notice.ts";
import { one, readArgs } from "../usage.ts";
import type { Io, Verb } from "../verb.ts";

export const run: Verb = {
  name: "run",
  summary: "Fine-tune: start a config and watch it; it goes on when the terminal is closed",
  usage: "finetune run CONFIG [--detach] [--python PATH] [--json]",
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      detach: { type: "boolean", short: "d" },
      python: { type: "string" },
      json: { type: "boolean" },
    });
    const json = values.json === true;
    const say = json ? io.err : io.out;
    const config = resolve(io.cwd, one(positionals, "a config"));
    const { loaded, facts } = await loadForThisMachine(io, config);
    if (!tellProblems(io, loaded)) return 1;
    for (const line of await survivalNotice(io)) io.err(`${line}\n`);
    const python = await findPython(io, values.python);
    const started = await startRun(await site(io, python), {
      config,
      facts,
      onPlan: (plan) => say(`${headline(plan, loaded.config && expectation(loaded.config, facts))}\n`),
    });
    say(`run ${started.folder.split(/[\\/]/).at(-1) ?? ""}\n`);
    if (values.detach === true) {
      const view = await openRun(started.folder);
      if (json && view !== null) io.out(`${outcomeJson(view)}\n`);
      return 0;
    }
    if (io.columns !== null) say("Ctrl-C: stop at the next step and keep a checkpoint; twice: stop now\n");
    const view = await follow(io, started.folder, { fromAttempt: 0, interruptStops: true, say });
    for (const line of await lastLines(view, io.cwd)) say(`${line}\n`);
    if (json) io.out(`${outcomeJson(view)}\n`);
    return exitCode(view);
  },
};

/** What fits is a matter of this machine, so a run is checked with what is known of it. */
async function loadForThisMachine(io: Io, path: string): Promise<{ loaded: LoadedConfig; facts: Facts }> {
  const plain = await loadConfig(path);
  if (plain.config === null) return { loaded: plain, facts: {} };
  const facts = await estimateFacts(plain.config, true, io);
  return { loaded: await loadConfig(path, { facts }), facts };
}

/** Warnings do not stop a run and are seen before it; false: errors do. */
function tellProblems(io: Io, loaded: LoadedConfig): boolean {
  const weighty = loaded.problems.filter(({ severity }) => severity === "error" || severity === "warning");
  for (const line of problemLines({ ...loaded, problems: weighty }, io.cwd)) io.err(`${line}\n`);
  return !loaded.problems.some(isError);
}
