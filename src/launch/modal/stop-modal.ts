/** Ending a run on Modal: the wish lies in its folder, its pump carries it out. Asking twice changes nothing. */
import type { Handle } from "../launcher.ts";
import { LaunchError } from "../launcher.ts";
import { readRemote } from "../remote-file.ts";
import { hasPump } from "./pump-lock.ts";
import type { ModalSite } from "./site.ts";
import { ensurePump } from "./start-pump.ts";
import { wishStop, type StopWish } from "./stop-wish.ts";

/** How long `now` waits for Modal to confirm; afterwards the run says itself that it is not confirmed. */
const CONFIRM_MS = 20_000;
const LOOK_EVERY_MS = 100;

/** `site` undefined: only a living pump can carry it out. `now`: returns when Modal has confirmed it, or after a while. */
export async function stopModal({ folder, attempt }: Handle, how: StopWish, site?: ModalSite): Promise<void> {
  await wishStop(folder, attempt, how);
  if (site !== undefined) await ensurePump(folder, site);
  else if (!(await isOver(folder)) && !(await hasPump(folder))) throw noPump(folder);
  if (how === "graceful") return;
  const until = Date.now() + CONFIRM_MS;
  while (Date.now() < until && !(await isOver(folder))) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

const isOver = async (folder: string): Promise<boolean> => {
  const remote = await readRemote(folder);
  return remote === null || remote.stage === "ended";
};

const noPump = (folder: string): LaunchError =>
  new LaunchError(
    "modal-no-pump",
    "The stop is noted, but no process is in contact with Modal that could carry it out.",
    "Sign in to Modal here and ask again: finetune stop.",
    folder,
  );
