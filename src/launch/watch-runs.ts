/**
 * All runs of some roots, kept up to date. File watchers do not fire on every file system, so each is
 * only a hint to look sooner than the timer would. What has ended costs nothing: the timer looks at the
 * runs folder itself (one `stat` a root) and at the runs that are still going.
 */
import { watch, type FSWatcher } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { hasEnded } from "../core/run/status.ts";
import { isMissing } from "./json-file.ts";
import type { Confinement } from "./confinement.ts";
import { hostIdentity, type HostIdentity } from "./liveness.ts";
import { knownStarts } from "./known-starts.ts";
import { runsFolder } from "./roots.ts";
import { runFolders, RunReader, type RunView } from "./runs.ts";

export interface RunsChange {
  readonly changed: readonly RunView[];
  /** Folders of runs that are gone. */
  readonly removed: readonly string[];
}

export interface RunsWatch {
  /** Newest first. */
  views(): readonly RunView[];
  /** Resolves when what was there at the start has been read. */
  readonly ready: Promise<void>;
  /** Paths that lead out of where runs may be read, one of each run that is left out for it. */
  refused(): readonly string[];
  /** Looks now: after an action of one's own. */
  refresh(): Promise<void>;
  close(): void;
}

const POLL_MS = 1000;
/** Folders read at the same time: enough to keep the disk busy, few enough to leave the thread to others. */
const AT_ONCE = 16;

interface Entry {
  readonly reader: RunReader;
  view: RunView | null;
  watcher: FSWatcher | null;
  /** Why it could not be read the last time. */
  trouble: string | null;
}

class Watch implements RunsWatch {
  readonly ready: Promise<void>;
  private readonly entries = new Map<string, Entry>();
  private readonly watchers: FSWatcher[] = [];
  private readonly stamps = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  private readonly startOf = knownStarts();
  private me: HostIdentity | null = null;
  private closed = false;
  private running: Promise<void> | null = null;
  private again = false;

  constructor(
    private readonly roots: readonly string[],
    private readonly onChange: (change: RunsChange) => void,
    private readonly onError: (error: unknown) => void,
    private readonly confinement?: () => Confinement,
  ) {
    this.ready = this.refresh();
    this.timer = setInterval(() => void this.refresh(), POLL_MS);
  }

  views(): readonly RunView[] {
    return [...this.entries.values()]
      .flatMap(({ view }) => (view === null ? [] : [view]))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  refused(): readonly string[] {
    return [...this.entries.values()].flatMap(({ reader }) => reader.refused ?? []);
  }

  /** One pass at a time; a wish that comes during a pass is granted by one more pass. */
  refresh(): Promise<void> {
    if (this.running !== null) {
      this.again = true;
      return this.running;
    }
    this.running = this.passes().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  close(): void {
    this.closed = true;
    clearInterval(this.timer);
    for (const watcher of this.watchers) watcher.close();
    for (const { watcher } of this.entries.values()) watcher?.close();
  }

  private async passes(): Promise<void> {
    do {
      this.again = false;
      try {
        await this.pass();
      } catch (error) {
        this.onError(error);
      }
    } while (this.again && !this.closed);
  }

  private async pass(): Promise<void> {
    this.me ??= await hostIdentity();
    const touched = new Set<string>();
    const removed: string[] = [];
    for (const root of this.roots) {
      if (await this.isUntouched(root)) continue;
      const folders = new Set(await runFolders(root));
      for (const folder of folders) {
        touched.add(folder);
        if (!this.entries.has(folder)) {
          this.entries.set(folder, {
            reader: new RunReader(folder, "list", this.confinement),
            view: null,
            watcher: null,
            trouble: null,
          });
        }
      }
      for (const folder of this.entries.keys()) {
        if (dirname(folder) === runsFolder(root) && !folders.has(folder)) removed.push(folder);
      }
    }
    const due = [...this.entries.values()].filter(
      ({ reader: { folder }, view }) =>
        !removed.includes(folder) && (view === null || !hasEnded(view.state) || touched.has(folder)),
    );
    const changed: RunView[] = [];
    for (let at = 0; at < due.length; at += AT_ONCE) {
      await Promise.all(
        due.slice(at, at + AT_ONCE).map(async (entry) => {
          const view = await this.look(entry);
          if (view === null && entry.view !== null) removed.push(entry.reader.folder);
          if (view !== null && !isSame(entry.view, view)) changed.push(view);
          entry.view = view;
        }),
      );
    }
    const known = removed.filter((folder) => this.drop(folder));
    if (!this.closed && changed.length + known.length > 0) this.onChange({ changed, removed: known });
  }

  /** One run that cannot be read must not hide the others: it is told of once, and left out. */
  private async look(entry: Entry): Promise<RunView | null> {
    try {
      const view = await this.read(entry);
      entry.trouble = null;
      return view;
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error);
      if (trouble !== entry.trouble) this.onError(error);
      entry.trouble = trouble;
      return null;
    }
  }

  private async read(entry: Entry): Promise<RunView | null> {
    const me = this.me ?? (await hostIdentity());
    const judgement = { me, now: Date.now(), startOf: this.startOf };
    const view = (await entry.reader.refresh(judgement))?.view ?? null;
    const going = view !== null && !hasEnded(view.state);
    if (going) entry.watcher ??= this.hint(entry.reader.folder);
    else {
      entry.watcher?.close();
      entry.watcher = null;
    }
    return view;
  }

  /** Nothing came, went or was started again: launchers touch the folder for each attempt. */
  private async isUntouched(root: string): Promise<boolean> {
    const folder = runsFolder(root);
    const stamp = await mtime(folder);
    const before = this.stamps.get(root);
    if (before === undefined && stamp !== null) {
      const watcher = this.hint(folder);
      if (watcher !== null) this.watchers.push(watcher);
    }
    if (stamp === null) this.stamps.delete(root);
    else this.stamps.set(root, stamp);
    return before === (stamp ?? undefined) && before !== undefined;
  }

  private hint(folder: string): FSWatcher | null {
    if (this.closed) return null;
    try {
      const watcher = watch(folder, { persistent: false }, () => void this.refresh());
      // A watched folder that is deleted is an error on some systems; the timer sees it anyway.
      watcher.on("error", () => watcher.close());
      return watcher;
    } catch {
      return null; // No watchers here, or no more of them: the timer does the work.
    }
  }

  private drop(folder: string): boolean {
    const entry = this.entries.get(folder);
    entry?.watcher?.close();
    return this.entries.delete(folder);
  }
}

/** What a list shows of a run has stayed the same. */
const isSame = (a: RunView | null, b: RunView): boolean =>
  a !== null &&
  a.state === b.state &&
  a.stopRequested === b.stopRequested &&
  a.attemptNumber === b.attemptNumber &&
  a.lastNews === b.lastNews &&
  a.marks.title === b.marks.title &&
  a.marks.starred === b.marks.starred &&
  a.remote?.written === b.remote?.written &&
  a.job.seq === b.job.seq;

async function mtime(folder: string): Promise<number | null> {
  try {
    return (await stat(folder)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** `onChange` gets the first list too. Close it when nobody looks any more. */
export const watchRuns = (
  roots: readonly string[],
  onChange: (change: RunsChange) => void,
  onError: (error: unknown) => void,
  confinement?: () => Confinement,
): RunsWatch => new Watch(roots, onChange, onError, confinement);
