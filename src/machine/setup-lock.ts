/** One set-up at a time for one environment, whichever window or terminal it was asked for in. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { readJson } from "../launch/json-file.ts";
import { LaunchError } from "../launch/launcher.ts";
import { hostIdentity } from "../launch/liveness.ts";
import { processStart } from "../launch/process-start.ts";

const holderSchema = z.object({ pid: z.int().positive(), start: z.string().nullable(), host: z.string() });

const isThere = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "EEXIST";

/** Runs `work` while holding the lock; a lock whose holder is gone is taken over. */
export async function withSetupLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const { host } = await hostIdentity();
  const mine = JSON.stringify({ pid: process.pid, start: await processStart(process.pid), host });
  for (let tries = 0; ; tries += 1) {
    try {
      await writeFile(path, mine, { flag: "wx" });
      break;
    } catch (error) {
      if (!isThere(error)) throw error;
      if (tries > 3 || !(await isAbandoned(path, host))) throw await busy(path);
      // Renamed before it is removed: of two that find it abandoned, one takes it away.
      const leaving = `${path}.${process.pid}.gone`;
      await rename(path, leaving).catch((failure: unknown) => {
        if (!(failure instanceof Error && "code" in failure && failure.code === "ENOENT")) throw failure;
      });
      await rm(leaving, { force: true });
    }
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function isAbandoned(path: string, host: string): Promise<boolean> {
  const holder = await readJson(path, holderSchema);
  if (holder === null) return true; // cut off while it was written
  if (holder.host !== host) return false;
  const start = await processStart(holder.pid);
  return start === null || start !== holder.start;
}

async function busy(path: string): Promise<LaunchError> {
  const holder = await readJson(path, holderSchema);
  const who = holder === null ? "Another process" : `Process ${holder.pid} on ${holder.host}`;
  return new LaunchError(
    "setup-running",
    `${who} is making this environment right now.`,
    `Wait for it; if it is not so, delete ${path}.`,
    path,
  );
}
