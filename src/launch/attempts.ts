/** Starting a run once more, once: the record of an attempt is created exclusively, before any process. */
import { randomUUID } from "node:crypto";
import { link, rm, utimes, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { writeJson } from "./json-file.ts";
import { telling } from "./launch-failure.ts";
import { LaunchError } from "./launcher.ts";
import { attemptFile, type AttemptRecord, readAttempt } from "./run-files.ts";

export interface NewAttempt {
  readonly attempt: number;
  readonly target: "local" | "modal";
  /** "checkpoints/checkpoint-30", relative to the run folder; null to begin at the beginning. */
  readonly resumeFrom: string | null;
  /** Folder of a run whose end is waited for first, however it ends. */
  readonly after?: string;
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;

/** Of two at the same time one gets a `LaunchError` with the code `attempt-taken`. */
export async function createAttempt(folder: string, wanted: NewAttempt): Promise<AttemptRecord> {
  const record: AttemptRecord = {
    attempt: wanted.attempt,
    token: randomUUID(),
    created: new Date().toISOString(),
    target: wanted.target,
    resume_from: wanted.resumeFrom,
    ...(wanted.after === undefined ? {} : { after: wanted.after }),
  };
  const path = attemptFile(folder, wanted.attempt);
  await telling(path, async () => {
    try {
      await createWhole(path, `${JSON.stringify(record, null, 1)}\n`, record.token);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
      throw new LaunchError(
        "attempt-taken",
        `${basename(folder)} was just started from somewhere else (attempt ${wanted.attempt}).`,
        "Watch that one: finetune runs, or the Runs view.",
        folder,
      );
    }
  });
  await tellWatchers(folder);
  return record;
}

/** A link to a finished file is exclusive and never torn; some file systems have none. */
async function createWhole(path: string, text: string, token: string): Promise<void> {
  const temporary = `${path}.${token}.tmp`;
  await writeFile(temporary, text, { flag: "wx" });
  try {
    await link(temporary, path);
  } catch (error) {
    if (!["EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP", "EMLINK"].includes(String(codeOf(error)))) throw error;
    await writeFile(path, text, { flag: "wx" });
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Readers of ended runs look again when the folder of all runs changes its time. */
async function tellWatchers(folder: string): Promise<void> {
  const now = new Date();
  await utimes(dirname(folder), now, now);
}

/** No process came to be, or it ended before it could say anything: readers need not wait for it. */
export async function recordFailure(folder: string, attempt: number, reason: string): Promise<void> {
  const record = await readAttempt(folder, attempt);
  if (record === null) return;
  await writeJson(attemptFile(folder, attempt), { ...record, failed: reason });
  await tellWatchers(folder);
}
