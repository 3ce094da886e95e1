/**
 * Going on with what the config says now: more steps, another cadence. What would make it another
 * training is named and refused.
 */
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Plan } from "../core/run/plan.ts";
import { type Difference, planDifferences } from "../core/run/plan-difference.ts";
import { withRoom } from "../core/run/roomy-timeout.ts";
import { ConfigRefused } from "./config-refused.ts";
import { writeJson } from "./json-file.ts";
import { type InputPaths, LaunchError } from "./launcher.ts";
import { secondsOf } from "./expected-seconds.ts";
import { loadConfig, type LoadedConfig, type Unsaved } from "./load-config.ts";
import { makePlan } from "./make-plan.ts";
import { attemptsFolder, inputsFile, planFile } from "./run-files.ts";
import type { RunView } from "./runs.ts";

export interface ChangedPlan {
  readonly plan: Plan;
  readonly inputs: InputPaths;
  /** What differs from the plan so far; all of it may. */
  readonly differences: readonly Difference[];
  readonly loaded: LoadedConfig;
}

/** The plan that the run's config makes today. Rejects with a `LaunchError` that names the first key in the way. */
export async function changedPlan(view: RunView, before: Plan, unsaved?: Unsaved): Promise<ChangedPlan> {
  const { source } = view.info;
  if (source === undefined) {
    throw new LaunchError(
      "no-source",
      `${view.id} does not say which config it was started from.`,
      "Resume it as it is, or start a new run.",
      view.folder,
    );
  }
  const { target } = view.info;
  const loaded = await loadConfig(source, { target, ...(unsaved === undefined ? {} : { unsaved }) });
  if (loaded.config === null) throw new ConfigRefused(loaded);
  const { plan, inputs } = await makePlan(
    withRoom(loaded.config, secondsOf(view.info.estimate), loaded.timeoutIsWritten),
  );
  const differences = planDifferences(before, plan);
  const [bar] = differences.filter(({ free }) => !free);
  if (bar === undefined) return { plan, inputs, differences, loaded };
  throw new LaunchError(
    "plan-differs",
    `${bar.path} is ${shown(bar.now)} in ${basename(source)} and was ${shown(bar.before)}: a run that goes on cannot change it.`,
    "Put it back, resume without the config as it is now, or start a new run.",
    source,
  );
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "not set";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

/** Puts the new plan in place; the one so far, and the new config, are kept with the attempts. */
export async function adoptPlan(folder: string, attempt: number, changed: ChangedPlan): Promise<void> {
  const kept = join(attemptsFolder(folder), `${attempt - 1}.plan.json`);
  await copyFile(planFile(folder), kept);
  const config = join(folder, "config", `attempt-${attempt}`);
  await mkdir(config, { recursive: true });
  for (const [index, { path, text }] of changed.loaded.texts.entries()) {
    await writeFile(join(config, `${index === 0 ? "" : `${index}-`}${basename(path)}`), text);
  }
  await writeJson(planFile(folder), changed.plan);
  await writeJson(inputsFile(folder), changed.inputs);
}
