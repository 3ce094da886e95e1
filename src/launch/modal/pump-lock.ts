/**
 * Who may be the pump of a run: one process, whoever starts several and whenever. `pump/<n>.json` is created
 * exclusively and touched while its owner lives; the highest number owns the run. Whoever finds it stale takes
 * the next number, and an owner that wakes up after a long sleep sees that it was replaced before it writes.
 */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { link, mkdir, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { isMissing, readJson } from "../json-file.ts";
import { processStart, sameStart } from "../process-start.ts";

const TOUCH_EVERY_MS = 2000;
/** Without a touch for this long the owner is gone, or asleep, which is the same. */
const STALE_MS = 20_000;

const ownerSchema = z.looseObject({
  pid: z.int(),
  pid_start: z.string().nullable(),
  host: z.string(),
});

export interface PumpLock {
  /** False: another process has taken over; nothing more may be written. */
  holds(): boolean;
  release(): Promise<void>;
}

const folderOf = (run: string): string => join(run, "pump");
const fileOf = (run: string, number: number): string => join(folderOf(run), `${number}.json`);

async function numbers(run: string): Promise<number[]> {
  try {
    const names = await readdir(folderOf(run));
    return names.flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;

/** Age by the clock of the file system itself: `probe` was just written beside it. */
async function isAlive(path: string, probe: string): Promise<boolean> {
  try {
    const [then, now] = await Promise.all([stat(path), stat(probe)]);
    if (now.mtimeMs - then.mtimeMs > STALE_MS) return false;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
  const owner = await readJson(path, ownerSchema);
  if (owner === null || owner.host !== hostname() || owner.pid_start === null) return true;
  const start = await processStart(owner.pid);
  return start !== null && sameStart(start, owner.pid_start);
}

/** True while some process owns the run. */
export async function hasPump(run: string): Promise<boolean> {
  const newest = Math.max(-1, ...(await numbers(run)));
  if (newest < 0) return false;
  const probe = join(folderOf(run), `${randomUUID()}.tmp`);
  await writeFile(probe, "");
  try {
    return await isAlive(fileOf(run, newest), probe);
  } finally {
    await rm(probe, { force: true });
  }
}

/** null: another process is the pump of this run. */
export async function takePumpLock(run: string): Promise<PumpLock | null> {
  await mkdir(folderOf(run), { recursive: true });
  const temporary = join(folderOf(run), `${randomUUID()}.tmp`);
  const owner = { pid: process.pid, pid_start: await processStart(process.pid), host: hostname() };
  await writeFile(temporary, JSON.stringify(owner));
  try {
    const newest = Math.max(-1, ...(await numbers(run)));
    if (newest >= 0 && (await isAlive(fileOf(run, newest), temporary))) return null;
    const mine = newest + 1;
    if (!(await createExclusively(fileOf(run, mine), temporary, JSON.stringify(owner)))) return null;
    // Whoever read the folder before an owner cleared it may get a number that was used already.
    const all = await numbers(run);
    if (all.some((number) => number > mine)) {
      await rm(fileOf(run, mine), { force: true });
      return null;
    }
    for (const old of all) if (old < mine) await rm(fileOf(run, old), { force: true });
    return hold(run, mine);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A link is exclusive and its file is whole; some file systems have none. */
async function createExclusively(path: string, temporary: string, text: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!["EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP"].includes(String(codeOf(error)))) throw error;
  }
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function hold(run: string, number: number): PumpLock {
  const path = fileOf(run, number);
  const touch = async (): Promise<void> => {
    const now = new Date();
    // Gone with the run folder, or replaced: `holds` tells.
    await utimes(path, now, now).catch(() => undefined);
  };
  const timer = setInterval(() => void touch(), TOUCH_EVERY_MS);
  timer.unref();
  let released = false;
  return {
    holds: () => !released && existsSync(path) && !existsSync(fileOf(run, number + 1)),
    async release() {
      released = true;
      clearInterval(timer);
      await rm(path, { force: true });
    },
  };
}
