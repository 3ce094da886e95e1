/** `summary.json`: where a reader left off, so that a list of a thousand runs need not read their events. */
import * as z from "zod";
import type { Job } from "../core/run/job.ts";
import { emptyJob } from "../core/run/reduce.ts";
import type { EventTail } from "./event-tail.ts";
import { isMissing, isUnwritable, readJson, writeAtomic } from "./json-file.ts";
import { summaryFile } from "./run-files.ts";

/** Raised whenever `Job` changes its shape: an old cache is then folded anew, never half understood. */
const VERSION = 1;

const isJob = (value: unknown): value is Job =>
  typeof value === "object" && value !== null && Object.keys(emptyJob).every((key) => key in value);

const summarySchema = z.object({
  version: z.literal(VERSION),
  offset: z.int().nonnegative(),
  /** Written by this program in this version, so its keys stand for its shape. */
  job: z.custom<Job>(isJob),
});

/** null: none, or none that fits a file of `size` bytes. */
export async function readSummary(folder: string, size: number): Promise<EventTail | null> {
  const summary = await readJson(summaryFile(folder), summarySchema);
  return summary !== null && summary.offset <= size ? { offset: summary.offset, job: summary.job } : null;
}

/** A cache that cannot be written is only slower: nothing is said about it. */
export async function writeSummary(folder: string, { offset, job }: EventTail): Promise<void> {
  const text = JSON.stringify({ version: VERSION, offset, job: { ...job, points: [] } });
  try {
    await writeAtomic(summaryFile(folder), text);
  } catch (error) {
    if (!isMissing(error) && !isUnwritable(error)) throw error;
  }
}
