/**
 * Start times that are asked for again and again. On Linux the answer is a small file; elsewhere it takes
 * a process, which a list that looks every second cannot afford.
 */
import { processStart } from "./process-start.ts";

export type StartOf = (pid: number) => Promise<string | null>;

/** A number is not given to another process within this while the first one was alive a moment ago. */
const ASK_AGAIN_MS = 30_000;

export function knownStarts(
  platform: NodeJS.Platform = process.platform,
  ask: StartOf = (pid) => processStart(pid),
  now: () => number = Date.now,
  isThere: (pid: number) => boolean = exists,
): StartOf {
  if (platform === "linux") return ask;
  const known = new Map<number, { readonly start: string; readonly asked: number }>();
  return async (pid) => {
    if (!isThere(pid)) {
      known.delete(pid);
      return null;
    }
    const before = known.get(pid);
    if (before !== undefined && now() - before.asked < ASK_AGAIN_MS) return before.start;
    const start = await ask(pid);
    if (start === null) known.delete(pid);
    else known.set(pid, { start, asked: now() });
    return start;
  };
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
