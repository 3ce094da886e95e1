/** Makes the folder of a new run. It becomes visible to readers with its last file, `run.json`. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Plan } from "../core/run/plan.ts";
import type { GitState } from "./git-state.ts";
import { writeJson } from "./json-file.ts";
import { telling } from "./launch-failure.ts";
import type { InputPaths } from "./launcher.ts";
import { runsFolder } from "./roots.ts";
import { attemptsFolder, inputsFile, planFile, runFile, type RunInfo } from "./run-files.ts";
import { runId } from "./run-id.ts";

/** A file of the `extends` chain as the person saw it, unsaved edits included. */
export interface ConfigText {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

export interface NewRun {
  readonly root: string;
  readonly plan: Plan;
  readonly inputs: InputPaths;
  /** The config itself first, then what it extends. */
  readonly config: readonly [ConfigText, ...ConfigText[]];
  readonly target: "local" | "modal";
  readonly estimate: Record<string, unknown> | null;
  readonly git: GitState | null;
  readonly now: Date;
  readonly random: () => number;
}

export async function createRunFolder(run: NewRun): Promise<string> {
  const runs = runsFolder(run.root);
  return telling(runs, async () => {
    await mkdir(runs, { recursive: true });
    await keepOutOfGit(join(run.root, ".finetune"));
    const folder = await claim(runs, run);
    try {
      await fill(folder, run);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    return folder;
  });
}

async function keepOutOfGit(folder: string): Promise<void> {
  try {
    await writeFile(join(folder, ".gitignore"), "*\n", { flag: "wx" });
  } catch (error) {
    if (!isThere(error)) throw error;
  }
}

const isThere = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "EEXIST";

/** Making a folder is exclusive: two launches of one second never share one. */
async function claim(runs: string, { plan, now, random }: NewRun): Promise<string> {
  for (;;) {
    const folder = join(runs, runId(plan.name, now, random()));
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      if (!isThere(error)) throw error;
    }
  }
}

async function fill(folder: string, run: NewRun): Promise<void> {
  for (const name of ["config", "work"]) await mkdir(join(folder, name));
  await mkdir(attemptsFolder(folder));
  const copies = run.config.map(({ path }, index) => ({
    // Files of one name may come from several folders; the config keeps its own.
    copy: `config/${index === 0 ? "" : `${index}-`}${basename(path)}`,
    original: path,
  }));
  for (const [index, { text }] of run.config.entries()) {
    await writeFile(join(folder, copies[index]?.copy ?? ""), text);
  }
  await writeJson(join(folder, "config", "files.json"), copies);
  await writeJson(planFile(folder), run.plan);
  await writeJson(inputsFile(folder), run.inputs);
  const info: RunInfo = {
    version: 1,
    id: basename(folder),
    name: run.plan.name,
    created: run.now.toISOString(),
    target: run.target,
    config: copies[0]?.copy ?? "",
    source: run.config[0].path,
    plan_id: run.plan.plan_id,
    estimate: run.estimate,
    git: run.git === null ? null : { ...run.git },
    attempts: [],
  };
  await writeJson(runFile(folder), info);
}
