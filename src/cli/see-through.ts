/** What follows the start of an attempt in every verb that starts one: it is watched to its end, or left alone. */
import type { ModalSite } from "../launch/modal/site.ts";
import { openRun } from "../launch/runs.ts";
import { follow } from "./follow.ts";
import { exitCode, lastLines, outcomeJson } from "./outcome.ts";
import type { Io } from "./verb.ts";

export interface SeeThrough {
  readonly fromAttempt: number;
  readonly detach: boolean;
  /** The outcome is told as JSON at the end; everything before it goes where errors go. */
  readonly json: boolean;
  readonly modal: ModalSite | undefined;
}

/** The exit code. 1: the run is gone. */
export async function seeThrough(io: Io, folder: string, wish: SeeThrough): Promise<number> {
  const say = wish.json ? io.err : io.out;
  const view = wish.detach
    ? await openRun(folder)
    : await follow(io, folder, {
        fromAttempt: wish.fromAttempt,
        interruptStops: true,
        say,
        modal: wish.modal,
      });
  if (view === null) return 1;
  if (!wish.detach) for (const line of await lastLines(view, io.cwd)) say(`${line}\n`);
  if (wish.json) io.out(`${outcomeJson(view)}\n`);
  return wish.detach ? 0 : exitCode(view);
}
