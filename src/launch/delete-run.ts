/** Deleting a run: the folder and nothing outside of it, links included. */
import { lstat, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasEnded } from "../core/run/status.ts";
import { telling } from "./launch-failure.ts";
import { LaunchError } from "./launcher.ts";
import { noRun } from "./resume.ts";
import { openRun } from "./runs.ts";

/** `trash`: moves a folder to the trash of the system; without it the folder is removed for good. */
export async function deleteRun(folder: string, trash?: (folder: string) => Promise<void>): Promise<void> {
  const view = await openRun(folder);
  if (view === null) throw noRun(folder);
  if (!hasEnded(view.state) && view.state !== "unknown") {
    throw new LaunchError(
      "still-running",
      `${view.id} is still going (${view.state}).`,
      "Stop it first: finetune stop.",
      folder,
    );
  }
  await telling(folder, async () => {
    if ((await lstat(folder)).isSymbolicLink()) {
      throw new LaunchError(
        "is-a-link",
        `${folder} is a link to a folder somewhere else.`,
        "Delete that folder yourself if you mean it.",
        folder,
      );
    }
    if (trash !== undefined) return trash(folder);
    // Out of the list at once; `rm` removes links and never what they point to.
    const leaving = join(dirname(folder), `.deleted-${basename(folder)}`);
    await rename(folder, leaving);
    await rm(leaving, { recursive: true, force: true });
  });
}
