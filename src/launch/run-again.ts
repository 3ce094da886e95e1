/** The same training once more: plan, inputs and config as they were, in a run of its own. */
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as z from "zod";
import { changedInputs } from "./inputs.ts";
import { isMissing, readJson } from "./json-file.ts";
import { LaunchError } from "./launcher.ts";
import { FIRST_ATTEMPT } from "./local.ts";
import { noRun, readPlan } from "./resume.ts";
import { type ConfigText, createRunFolder } from "./run-folder.ts";
import { runFile, runInfoSchema } from "./run-files.ts";
import { launcherOf, type Site, type Started } from "./start.ts";

export interface AgainWish {
  /** Told as soon as the new folder is there. */
  readonly onFolder?: (folder: string, name: string) => void;
}

/** Rejects with a `LaunchError`, also when a file of then is another one now. */
export async function runAgain(site: Site, folder: string, wish: AgainWish = {}): Promise<Started> {
  const info = await readJson(runFile(folder), runInfoSchema);
  if (info === null) throw noRun(folder);
  const { plan, inputs } = await readPlan(folder);
  const other = await changedInputs(plan, inputs);
  if (other.length > 0) {
    throw new LaunchError(
      "inputs-changed",
      `${other.join(", ")} changed since ${info.id}, so it would be another training.`,
      "Put the old file back, or run the config as it is now.",
      folder,
    );
  }
  const made = await createRunFolder({
    // <root>/.finetune/runs/<id>
    root: dirname(dirname(dirname(folder))),
    plan,
    inputs,
    config: await configTexts(folder),
    target: info.target,
    estimate: info.estimate,
    // The plan was made from that commit, whatever is checked out today.
    git: info.git,
    now: new Date(),
    random: Math.random,
  });
  wish.onFolder?.(made, info.name);
  const launcher = launcherOf(site, info.target, FIRST_ATTEMPT, info.estimate);
  return { ...(await launcher.start(plan, inputs, made)), plan };
}

const filesSchema = z.array(z.object({ copy: z.string(), original: z.string() }));

/** The config of a run as it was launched, with what it extends; the config itself first. */
export async function configTexts(folder: string): Promise<[ConfigText, ...ConfigText[]]> {
  const files = (await readJson(join(folder, "config", "files.json"), filesSchema)) ?? [];
  try {
    const [first, ...others] = await Promise.all(
      files.map(async ({ copy, original }) => ({
        path: original,
        // By its last part: a list that somebody changed must not lead out of the run.
        text: await readFile(join(folder, "config", basename(copy)), "utf8"),
      })),
    );
    if (first !== undefined) return [first, ...others];
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  throw new LaunchError(
    "no-config",
    `${basename(folder)} has no copy of its config any more.`,
    "Run the config itself.",
    folder,
  );
}
