/** The files of a run folder (contract C): their names, and the shapes of those that are JSON. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { isMissing, readJson } from "./json-file.ts";

/** `run.json`: what the launcher knew. Fields of a later version are kept. */
export const runInfoSchema = z.looseObject({
  version: z.literal(1),
  id: z.string().min(1),
  name: z.string(),
  /** ISO 8601. */
  created: z.string(),
  target: z.enum(["local", "modal"]),
  /** The copy of the config, relative to the run folder. */
  config: z.string(),
  /** The file that was launched, absolute; it may have changed or gone since. */
  source: z.string().optional(),
  plan_id: z.string(),
  estimate: z.record(z.string(), z.unknown()).nullable(),
  git: z.looseObject({ commit: z.string(), dirty: z.boolean() }).nullable(),
  attempts: z.array(z.unknown()),
});
export type RunInfo = z.infer<typeof runInfoSchema>;

/** `attempts/<n>.json`: made by the launcher, completed by the trainer with who it is. */
export const attemptSchema = z.looseObject({
  attempt: z.int().nonnegative(),
  token: z.string(),
  created: z.string(),
  target: z.enum(["local", "modal"]),
  resume_from: z.string().nullable(),
  /** Folder of the run whose end is waited for before any device is taken. */
  after: z.string().optional(),
  pid: z.int().positive().nullish(),
  pid_start: z.string().nullish(),
  boot_id: z.string().nullish(),
  pid_namespace: z.string().nullish(),
  host: z.string().nullish(),
  python: z.string().nullish(),
  /** Set by the launcher when no process came to be. */
  failed: z.string().optional(),
});
export type AttemptRecord = z.infer<typeof attemptSchema>;

export const runFile = (folder: string): string => join(folder, "run.json");
export const planFile = (folder: string): string => join(folder, "plan.json");
export const inputsFile = (folder: string): string => join(folder, "inputs.json");
export const eventsFile = (folder: string): string => join(folder, "events.jsonl");
export const summaryFile = (folder: string): string => join(folder, "summary.json");
export const remoteFile = (folder: string): string => join(folder, "remote.json");
export const attemptsFolder = (folder: string): string => join(folder, "attempts");
export const attemptFile = (folder: string, attempt: number): string =>
  join(folder, "attempts", `${attempt}.json`);
export const outputFile = (folder: string, attempt: number): string => join(folder, `output.${attempt}.log`);
export const stopFile = (folder: string, attempt: number): string => join(folder, `stop.${attempt}`);

/** The largest attempt number there is a record of, readable or not; null before the first. */
export async function newestAttempt(folder: string): Promise<number | null> {
  let names: string[];
  try {
    names = await readdir(attemptsFolder(folder));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const numbers = names.flatMap((name) => {
    const match = /^(\d+)\.json$/.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
  return numbers.length === 0 ? null : Math.max(...numbers);
}

export const readAttempt = (folder: string, attempt: number): Promise<AttemptRecord | null> =>
  readJson(attemptFile(folder, attempt), attemptSchema);
