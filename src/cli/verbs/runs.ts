/** `finetune runs`: what there is, newest first. */
import { relative } from "node:path";
import { describe } from "../../core/run/words.ts";
import { listRuns, type RunView } from "../../launch/runs.ts";
import { roots } from "../find-run.ts";
import { readArgs, UsageError } from "../usage.ts";
import type { Io, Verb } from "../verb.ts";

export const runs: Verb = {
  name: "runs",
  summary: "List runs, newest first",
  usage: "finetune runs [--all] [--json]",
  async run(args, io) {
    const { values, positionals } = readArgs(args, { all: { type: "boolean" }, json: { type: "boolean" } });
    if (positionals.length > 0) throw new UsageError(`runs takes no "${positionals[0]}".`);
    const all = values.all === true;
    const views = (await Promise.all((await roots(io, all)).map(listRuns))).flat();
    views.sort((a, b) => (a.info.created < b.info.created ? 1 : -1));
    if (values.json === true) io.out(`${JSON.stringify(views.map(json), null, 1)}\n`);
    else tell(io, views, all);
    return 0;
  },
};

const json = (view: RunView): object => ({
  id: view.id,
  folder: view.folder,
  name: view.info.name,
  created: view.info.created,
  target: view.info.target,
  state: view.state,
  attempt: view.attemptNumber,
  step: view.job.step,
  max_steps: view.job.maxSteps,
  loss: view.job.loss,
  checkpoints: view.job.checkpoints,
  artifacts: view.job.artifacts.map(({ kind, path, bytes }) => ({ kind, path, bytes })),
});

function tell(io: Io, views: readonly RunView[], all: boolean): void {
  if (views.length === 0) {
    io.out(`No runs ${all ? "yet" : "here yet; --all looks everywhere you have launched one"}.\n`);
    return;
  }
  const now = Date.now() / 1000;
  const width = Math.max(...views.map(({ id }) => id.length));
  for (const view of views) {
    const words = describe(view, now);
    const state = words.startsWith(view.state) ? words : `${view.state} · ${words}`;
    io.out(`${view.id.padEnd(width)}  ${state}${all ? `  ${relative(io.cwd, view.folder)}` : ""}\n`);
  }
}
