/** `finetune run CONFIG`: check, start, watch. */
import { resolve } from "node:path";
import { isError } from "../../core/config/problem.ts";
import type { Facts } from "../../core/facts.ts";
import { loadConfig, type LoadedConfig } from "../../launch/load-config.ts";
import { startRun, stopRun } from "../../launch/start.ts";
import { estimateFacts } from "../estimate-facts.ts";
import { findRun } from "../find-run.ts";
import { expectation, headline } from "../headline.ts";
import { problemLines } from "../problem-text.ts";
import { leavingLines } from "../leaving.ts";
import { seeThrough } from "../see-through.ts";
import { findPython, rentedSite, site } from "../site.ts";
import { survivalNotice } from "../survival-notice.ts";
import { one, readArgs, UsageError } from "../usage.ts";
import type { Io, Verb } from "../verb.ts";

export const run: Verb = {
  name: "run",
  summary: "Fine-tune: start a config and watch it; it goes on when the terminal is closed",
  usage:
    "finetune run CONFIG [--target local|modal] [--detach] [--after RUN] [--stop-when-closed] [--python PATH] [--json]",
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      target: { type: "string" },
      detach: { type: "boolean", short: "d" },
      after: { type: "string" },
      "stop-when-closed": { type: "boolean" },
      python: { type: "string" },
      json: { type: "boolean" },
    });
    const json = values.json === true;
    const say = json ? io.err : io.out;
    const config = resolve(io.cwd, one(positionals, "a config"));
    const after = values.after === undefined ? {} : { after: await findRun(io, values.after) };
    const target = targetOf(values.target);
    const { loaded, facts } = await loadForThisMachine(io, config, target);
    if (!tellProblems(io, loaded)) return 1;
    const rented = loaded.config?.compute.target === "modal";
    for (const line of rented ? [] : await survivalNotice(io)) io.err(`${line}\n`);
    const place = rented ? await rentedSite(io) : await site(io, await findPython(io, values.python));
    const started = await startRun(place, {
      config,
      facts,
      ...target,
      ...after,
      onPlan: (plan) => {
        const planned = loaded.config && { ...loaded.config, compute: plan.compute };
        say(`${headline(plan, planned && expectation(planned, facts))}\n`);
        if (rented) for (const line of leavingLines(plan, io.env)) say(`${line}\n`);
      },
    });
    say(`run ${started.folder.split(/[\\/]/).at(-1) ?? ""}\n`);
    const detach = values.detach === true;
    if (!detach && values["stop-when-closed"] === true)
      io.onClosed?.(() => stopRun(started.folder, "graceful", place.modal));
    if (!detach && io.columns !== null)
      say("Ctrl-C: stop at the next step and keep a checkpoint; twice: stop now\n");
    return seeThrough(io, started.folder, { fromAttempt: 0, detach, json, modal: place.modal });
  },
};

/** What fits is a matter of this machine, so a run is checked with what is known of it. */
async function loadForThisMachine(
  io: Io,
  path: string,
  target: Target,
): Promise<{ loaded: LoadedConfig; facts: Facts }> {
  const plain = await loadConfig(path, target);
  if (plain.config === null) return { loaded: plain, facts: {} };
  const facts = await estimateFacts(plain.config, plain.config.compute.target === "local", io);
  return { loaded: await loadConfig(path, { ...target, facts }), facts };
}

interface Target {
  readonly target?: "local" | "modal";
}

function targetOf(value: string | undefined): Target {
  if (value === undefined) return {};
  if (value === "local" || value === "modal") return { target: value };
  throw new UsageError(`--target is local or modal, not "${value}".`);
}

/** Warnings do not stop a run and are seen before it; false: errors do. */
function tellProblems(io: Io, loaded: LoadedConfig): boolean {
  const weighty = loaded.problems.filter(({ severity }) => severity === "error" || severity === "warning");
  for (const line of problemLines({ ...loaded, problems: weighty }, io.cwd)) io.err(`${line}\n`);
  return !loaded.problems.some(isError);
}
