/** Watching one run until it ends: one moving line on a terminal, plain lines otherwise. */
import { EventEmitter } from "node:events";
import { watch, type FSWatcher } from "node:fs";
import { eventLine, isToldStep } from "../core/run/event-line.ts";
import type { KnownEvent } from "../core/run/event.ts";
import { progressLine } from "../core/run/progress-line.ts";
import { hasEnded } from "../core/run/status.ts";
import { RunReader, type RunView } from "../launch/runs.ts";
import { noRun } from "../launch/resume.ts";
import type { ModalSite } from "../launch/modal/site.ts";
import { stopRun } from "../launch/start.ts";
import type { Io } from "./verb.ts";

/** A change is seen at once where watchers work, and after this where they do not. */
const LOOK_EVERY_MS = 250;

export interface FollowWish {
  /** Events of earlier attempts were seen when they came. */
  readonly fromAttempt: number;
  /** Ctrl-C stops the run (a started one) or only the watching (`logs`, `runs`). */
  readonly interruptStops: boolean;
  /** Carries a stop to a run on Modal. */
  readonly modal?: ModalSite | undefined;
  /** Where lines go; `--json` keeps stdout for the result. */
  readonly say: (text: string) => void;
}

/** Resolves with the last view: of the ended run, or of the moment when watching was given up. */
export async function follow(io: Io, folder: string, wish: FollowWish): Promise<RunView> {
  const reader = new RunReader(folder, "full");
  const screen = new Screen(io.columns, wish.say);
  const wake = waker(folder);
  const stopping = wish.interruptStops ? stopOnInterrupt(io, folder, screen, wish.modal) : null;
  try {
    for (;;) {
      const read = await reader.refresh();
      if (read === null) throw noRun(folder);
      const { view, events } = read;
      for (const event of events) {
        const isNews = event.attempt >= wish.fromAttempt;
        if (isNews && isTold(event, io.columns !== null)) screen.line(eventLine(event));
      }
      if (hasEnded(view.state)) return view;
      if (!wish.interruptStops && io.interrupt.aborted) return view;
      screen.status(progressLine(view, io.columns ?? 80, Date.now() / 1000));
      await wake.next(LOOK_EVERY_MS);
    }
  } finally {
    screen.clear();
    wake.close();
    await stopping?.done();
  }
}

/** On a terminal the moving line shows the steps. */
const isTold = (event: KnownEvent, moving: boolean): boolean =>
  event.type !== "step" || (!moving && isToldStep(event));

class Screen {
  private shown = "";

  constructor(
    private readonly columns: number | null,
    private readonly say: (text: string) => void,
  ) {}

  line(text: string | null): void {
    if (text === null) return;
    const status = this.shown;
    this.clear();
    this.say(`${text}\n`);
    this.status(status);
  }

  status(text: string): void {
    if (this.columns === null || text === this.shown) return;
    this.say(`\r${text}\u001b[K`);
    this.shown = text;
  }

  clear(): void {
    if (this.shown !== "") this.say("\r\u001b[K");
    this.shown = "";
  }
}

interface Waker {
  /** Resolves when something changed in the folder, or after the time. */
  next(milliseconds: number): Promise<void>;
  close(): void;
}

/** A burst of events is one look. */
const SETTLE_MS = 30;

function waker(folder: string): Waker {
  const changes = new EventEmitter();
  let watcher: FSWatcher | null = null;
  try {
    watcher = watch(folder, () => changes.emit("change"));
    watcher.on("error", () => watcher?.close());
  } catch {
    watcher = null; // No watchers here: the timer does the work.
  }
  return {
    next: (milliseconds) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        changes.removeAllListeners("change");
        changes.once("change", () => {
          clearTimeout(timer);
          setTimeout(resolve, SETTLE_MS);
        });
      }),
    close: () => watcher?.close(),
  };
}

/** Once: at the next step, with a checkpoint. Twice: now. */
function stopOnInterrupt(
  io: Io,
  folder: string,
  screen: Screen,
  modal: ModalSite | undefined,
): { done(): Promise<void> } {
  const asked: Promise<void>[] = [];
  const on = (signal: AbortSignal, how: "graceful" | "now", text: string): (() => void) => {
    const act = (): void => {
      screen.line(text);
      asked.push(stopRun(folder, how, modal).catch((error: unknown) => screen.line(String(error))));
    };
    if (signal.aborted) act();
    signal.addEventListener("abort", act, { once: true });
    return () => signal.removeEventListener("abort", act);
  };
  const offs = [
    on(io.interrupt, "graceful", "stopping at the next step, with a checkpoint (Ctrl-C again: now)"),
    on(io.interruptNow, "now", "stopping now"),
  ];
  return {
    async done() {
      for (const off of offs) off();
      await Promise.all(asked);
    },
  };
}
