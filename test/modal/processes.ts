/** The pumps of a run, as processes. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Processes that hold, or held, the lock of a run. */
export function pumps(folder: string): number[] {
  const place = join(folder, "pump");
  const names = existsSync(place) ? readdirSync(place).filter((name) => /^\d+\.json$/.test(name)) : [];
  return names.flatMap((name) => {
    try {
      return (JSON.parse(readFileSync(join(folder, "pump", name), "utf8")) as { pid: number }).pid;
    } catch {
      return []; // Released while we looked.
    }
  });
}

export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Without a word. Those that it has reached. */
export function kill(folder: string): number[] {
  const living = pumps(folder).filter(lives);
  for (const pid of living) process.kill(pid, "SIGKILL");
  return living;
}
