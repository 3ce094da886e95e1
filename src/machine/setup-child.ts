/**
 * The command of a set-up that is at work, noted beside its folder. A window that is killed leaves its
 * installer behind; the next set-up ends it before it clears the folder that it writes into.
 */
import { rm } from "node:fs/promises";
import * as z from "zod";
import { readJson, writeJson } from "../launch/json-file.ts";
import { killGroup } from "../launch/kill-group.ts";
import { hostIdentity } from "../launch/liveness.ts";
import { processStart } from "../launch/process-start.ts";

const childSchema = z.object({
  /** Leader of its own process group. */
  pid: z.int().positive(),
  start: z.string().nullable(),
  host: z.string(),
  boot: z.string().nullable(),
});

export async function noteChild(path: string, pid: number): Promise<void> {
  const { host, bootId } = await hostIdentity();
  await writeJson(path, { pid, start: await processStart(pid), host, boot: bootId });
}

/** Ends what an earlier set-up left at work. Call it with the lock held: then nobody else's is meant. */
export async function endLeftover(path: string): Promise<void> {
  const child = await readJson(path, childSchema);
  const { host, bootId } = await hostIdentity();
  if (child !== null && child.host === host && child.boot === bootId) {
    const start = await processStart(child.pid);
    // Without its leader a group keeps its number, and nobody else can have got it.
    if (start === null || start === child.start) await killGroup(child.pid, true);
  }
  await rm(path, { force: true });
}
