/** Ending a local attempt. Asking twice, or asking one that has ended, changes nothing. */
import { writeFile } from "node:fs/promises";
import { killGroup } from "./kill-group.ts";
import { telling } from "./launch-failure.ts";
import { type Handle, LaunchError } from "./launcher.ts";
import { judge, judgeHere } from "./liveness.ts";
import { readAttempt, stopFile } from "./run-files.ts";

/** From the polite signal to the end of the whole group. */
export const GRACE_MS = 5000;
const LOOK_EVERY_MS = 100;

/** `graceful`: returns at once, the trainer stops at its next step. `now`: returns when all is gone. */
export async function stopLocal(
  { folder, attempt }: Handle,
  how: "graceful" | "now",
  graceMs = GRACE_MS,
): Promise<void> {
  // First the wish, then the signal: only with this file is it a person's stop.
  await telling(folder, () => writeFile(stopFile(folder, attempt), ""));
  if (how === "graceful") return;
  const pid = await knownPid({ folder, attempt });
  if (pid === null) return;
  await killGroup(pid, false);
  if (await goneWithin({ folder, attempt }, graceMs)) {
    // Its children may outlive it for a moment; the group is theirs too.
    await killGroup(pid, true);
    return;
  }
  await killGroup(pid, true);
  if (await goneWithin({ folder, attempt }, graceMs)) return;
  throw new LaunchError(
    "stop-unconfirmed",
    `Process ${pid} of ${folder} did not end.`,
    "It hangs in the kernel, usually in a driver: it ends when the call returns, or with a restart.",
    folder,
  );
}

/** The process of a living attempt; waits for one that has just been started. null: it has ended. */
async function knownPid({ folder, attempt }: Handle): Promise<number | null> {
  for (;;) {
    const record = await readAttempt(folder, attempt);
    if (record === null) return null;
    const { kind } = await judge(record, await judgeHere());
    if (kind === "alive") return record.pid ?? null;
    if (kind === "gone") return null;
    if (kind === "elsewhere") {
      throw new LaunchError(
        "elsewhere",
        `This run is on ${record.host ?? record.target}: it cannot be ended from here at once.`,
        "It was asked to stop at its next step; to end it now, run finetune stop --now over there.",
        folder,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function goneWithin({ folder, attempt }: Handle, milliseconds: number): Promise<boolean> {
  const until = Date.now() + milliseconds;
  for (;;) {
    const record = await readAttempt(folder, attempt);
    if (record === null || (await judge(record, await judgeHere())).kind === "gone") return true;
    if (Date.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
