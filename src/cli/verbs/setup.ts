/** `finetune setup`: the pinned Python environment, made once. */
import { join } from "node:path";
import { hasEnded } from "../../core/run/status.ts";
import { duration, size } from "../../core/units.ts";
import { LaunchError } from "../../launch/launcher.ts";
import { listRuns } from "../../launch/runs.ts";
import { queryGpus } from "../../machine/gpu.ts";
import { choosePython } from "../../machine/python-env.ts";
import { oldEnvironments, removeEnvironment } from "../../machine/old-environments.ts";
import { type Choice, requirementSet } from "../../machine/requirement-set.ts";
import { setUp, type SetupProgress } from "../../machine/setup.ts";
import { roots } from "../find-run.ts";
import { places, pythonFolder } from "../site.ts";
import { readArgs, UsageError } from "../usage.ts";
import type { Io, Verb } from "../verb.ts";

const SETS = ["cpu", "cu126", "cu128", "cu130"] as const;

export const setup: Verb = {
  name: "setup",
  summary: "Make the Python environment that trains: pinned, apart from everything else",
  usage: `finetune setup [--set ${SETS.join("|")}] [--python BASE] [--prune] [--json]`,
  async run(args, io) {
    const { values } = readArgs(args, {
      set: { type: "string" },
      python: { type: "string" },
      prune: { type: "boolean" },
      json: { type: "boolean" },
    });
    const json = values.json === true;
    const say = json ? io.err : io.out;
    const own = io.env["FINETUNE_PYTHON"];
    const python = own === undefined || own === "" ? await make(io, values, say) : await named(io, own, say);
    if (json) io.out(`${JSON.stringify({ python })}\n`);
    return 0;
  },
};

/** Nothing is made when an interpreter is named; it is only checked. */
async function named(io: Io, own: string, say: (text: string) => void): Promise<string> {
  const { python } = await choosePython({ explicit: own, cache: places(io).cache });
  say(`FINETUNE_PYTHON names an environment that can train: ${python}\n`);
  return python;
}

async function make(
  io: Io,
  wish: {
    readonly set?: string | undefined;
    readonly python?: string | undefined;
    readonly prune?: boolean | undefined;
  },
  say: (text: string) => void,
): Promise<string> {
  const choice = await choose(wish.set);
  say(`${choice.why} Packages: ${choice.set}.\n`);
  const since = performance.now();
  const tell = teller(io, say);
  const { python, made, folder } = await setUp({
    cache: places(io).cache,
    requirements: join(pythonFolder(io), "requirements"),
    set: choice.set,
    base: wish.python,
    env: io.env,
    signal: io.interrupt,
    onProgress: tell.progress,
  }).finally(tell.end);
  const took = duration((performance.now() - since) / 1000);
  say(
    made
      ? `The environment is ready (${took}): ${folder}\n`
      : `The environment is there already: ${folder}\n`,
  );
  await tellOld(io, folder, wish.prune === true, say);
  return python;
}

async function tellOld(io: Io, keep: string, prune: boolean, say: (text: string) => void): Promise<void> {
  const views = (await Promise.all((await roots(io, true)).map(listRuns))).flat();
  const used = views.flatMap(({ state, attempt }) => (hasEnded(state) ? [] : (attempt?.python ?? [])));
  for (const old of await oldEnvironments(places(io).cache, keep, used)) {
    if (prune) await removeEnvironment(old);
    const what = prune
      ? "Removed an older environment"
      : "An older environment is still there (--prune removes it)";
    say(`${what}: ${old.folder}, ${size(old.bytes)}\n`);
  }
}

async function choose(set: string | undefined): Promise<Choice> {
  if (set !== undefined) {
    const known = SETS.find((name) => name === set);
    if (known === undefined) throw new UsageError(`There is no set "${set}": ${SETS.join(", ")}.`);
    return { set: known, why: "Chosen by you." };
  }
  const answer = await queryGpus();
  if ("gpus" in answer) return requirementSet(process.platform, answer.gpus);
  throw new LaunchError(
    "driver-broken",
    `nvidia-smi does not answer: ${answer.failed}`,
    "Repair the NVIDIA driver, or choose yourself: finetune setup --set cpu.",
  );
}

/** One moving line on a terminal; a line for each command and stage, and every tenth package, otherwise. */
function teller(
  { columns }: Io,
  say: (text: string) => void,
): { progress(p: SetupProgress): void; end(): void } {
  let moving = false;
  const line = (text: string): void => {
    say(`${moving ? "\r\u001b[K" : ""}${text}\n`);
    moving = false;
  };
  return {
    progress(progress) {
      if (progress.kind === "command") return line(`  $ ${progress.text}`);
      if (progress.kind === "stage") return line(`  ${progress.text}`);
      const text = `  ${progress.done}/${progress.total} ${progress.name}`;
      if (columns === null) {
        if (progress.done % 10 === 0 || progress.done === progress.total) line(text);
        return;
      }
      say(`\r${text.slice(0, columns - 1)}\u001b[K`);
      moving = true;
    },
    end() {
      if (moving) say("\r\u001b[K");
      moving = false;
    },
  };
}
