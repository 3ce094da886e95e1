/** Reading runs: everything a list, a tree or a panel shows, whoever started them and wherever they run. */
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { KnownEvent } from "../core/run/event.ts";
import type { Job, JobState, Liveness } from "../core/run/job.ts";
import type { Remote } from "../core/run/remote.ts";
import { emptyJob } from "../core/run/reduce.ts";
import { hasEnded, stateOf } from "../core/run/status.ts";
import { leadsOut, type Confinement } from "./confinement.ts";
import { pullEvents, type EventTail } from "./event-tail.ts";
import { isMissing, readJson } from "./json-file.ts";
import { knownStarts } from "./known-starts.ts";
import { judge, judgeHere, type Judgement } from "./liveness.ts";
import {
  eventsFile,
  newestAttempt,
  readAttempt,
  runFile,
  runInfoSchema,
  stopFile,
  type AttemptRecord,
  type RunInfo,
} from "./run-files.ts";
import { type Marks, readMarks } from "./marks.ts";
import { readRemote } from "./remote-file.ts";
import { runsFolder } from "./roots.ts";
import { readSummary, writeSummary } from "./summary.ts";

export interface RunView {
  /** The run folder, absolute: the identity of a run. */
  readonly folder: string;
  readonly id: string;
  readonly info: RunInfo;
  readonly marks: Marks;
  /** Without points when the run was read for a list (`listRuns`, `watchRuns`). */
  readonly job: Job;
  /** Newest attempt; null when its record is missing or unreadable. */
  readonly attempt: AttemptRecord | null;
  readonly attemptNumber: number;
  readonly liveness: Liveness;
  readonly stopRequested: boolean;
  /** Unix milliseconds by this machine's clock: when anything last arrived. */
  readonly lastNews: number | null;
  /** Seconds since something arrived that proves progress. */
  readonly stalled: number | null;
  readonly state: JobState;
  /** What its pump knows of a run on Modal; null for a run on this machine. */
  readonly remote: Remote | null;
}

/** Events read since the last summary before a new one is worth writing. */
const SUMMARY_EVERY_BYTES = 1 << 18;

/** One run, read on each `refresh`; the state lasts as long as somebody looks at the run. */
export class RunReader {
  private tail: EventTail = { offset: 0, job: emptyJob };
  private summarised = 0;
  private lastNews: number | null = null;
  private lastProgress: number | null = null;
  private begun = false;
  private leading: string | null = null;
  private readonly startOf = knownStarts();

  constructor(
    readonly folder: string,
    /** `list` starts from the summary and has no points; `full` reads every event. */
    private readonly mode: "list" | "full",
    /** Asked before each look: trust may come while somebody watches. */
    private readonly confinement: () => Confinement = () => undefined,
  ) {}

  /** The path for which the run is not read; null while all is well. */
  get refused(): string | null {
    return this.leading;
  }

  /** null: the folder is no run (any more). `events` are those that arrived since the last refresh. */
  async refresh(judgement?: Judgement): Promise<{ view: RunView; events: readonly KnownEvent[] } | null> {
    const roots = this.confinement();
    this.leading = roots === undefined ? null : await leadsOut(this.folder, roots);
    if (this.leading !== null) return null;
    const info = await readJson(runFile(this.folder), runInfoSchema);
    if (info === null) return null;
    let events = await this.readOn();
    const attemptNumber = (await newestAttempt(this.folder)) ?? 0;
    const attempt = await readAttempt(this.folder, attemptNumber);
    const at = judgement ?? { ...(await judgeHere()), startOf: this.startOf };
    const remote = info.target === "modal" ? await readRemote(this.folder) : null;
    const liveness = await judge(attempt ?? unrecorded(info), at, remote);
    const isOver = ({ finished, attempt: heard }: Job): boolean =>
      finished !== null && heard >= attemptNumber;
    // Between the reading and the judging it may have said its last word.
    if (liveness.kind === "gone" && !isOver(this.tail.job)) events = [...events, ...(await this.readOn())];
    const { job } = this.tail;
    const stopRequested = !isOver(job) && (await exists(stopFile(this.folder, attemptNumber)));
    const age = (since: number | null): number | null =>
      since === null ? null : Math.max(0, (at.now - since) / 1000);
    const stalled = age(this.lastProgress);
    const view: RunView = {
      folder: this.folder,
      id: basename(this.folder),
      info,
      marks: await readMarks(this.folder),
      job,
      attempt,
      attemptNumber,
      liveness,
      stopRequested,
      lastNews: this.lastNews,
      stalled,
      state: stateOf(job, {
        liveness,
        attempt: attemptNumber,
        stopRequested,
        quiet: age(this.lastNews),
        stalled,
        remote,
      }),
      remote,
    };
    await this.keepSummary(hasEnded(view.state));
    return { view, events };
  }

  private async readOn(): Promise<readonly KnownEvent[]> {
    const path = eventsFile(this.folder);
    const size = this.begun ? null : await this.begin(path);
    // Where the summary knows all of it, a list of a thousand runs opens no file of events.
    const { offset, job, events } =
      size === this.tail.offset ? { ...this.tail, events: [] } : await pullEvents(path, this.tail);
    if (!this.begun) this.lastProgress = this.progressBefore(job);
    else if (offset > this.tail.offset) this.arrived(events);
    this.tail = { offset, job };
    this.begun = true;
    return events;
  }

  /** What was there before this reader came has arrived when the file was last written to. Bytes of the file. */
  private async begin(path: string): Promise<number> {
    let size = 0;
    try {
      const found = await stat(path);
      size = found.size;
      this.lastNews = found.mtimeMs;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    const summary = this.mode === "list" ? await readSummary(this.folder, size) : null;
    if (summary !== null) {
      this.tail = summary;
      this.summarised = summary.offset;
    }
    return size;
  }

  /** The trainer's clock says how long before its newest event it last got on; only differences of it are used. */
  private progressBefore({ lastT, lastProgressT }: Job): number | null {
    if (this.lastNews === null || lastT === null || lastProgressT === null) return null;
    return this.lastNews - Math.max(0, lastT - lastProgressT) * 1000;
  }

  private arrived(events: readonly KnownEvent[]): void {
    this.lastNews = Date.now();
    if (events.some((event) => event.type !== "heartbeat" && event.type !== "memory")) {
      this.lastProgress = this.lastNews;
    }
  }

  private async keepSummary(ended: boolean): Promise<void> {
    const fresh = this.tail.offset - this.summarised;
    if (fresh === 0 || (!ended && fresh < SUMMARY_EVERY_BYTES)) return;
    this.summarised = this.tail.offset;
    await writeSummary(this.folder, this.tail);
  }
}

/** Between `run.json` and the first attempt there is a moment without a record. */
const unrecorded = (info: RunInfo): AttemptRecord => ({
  attempt: 0,
  token: "",
  created: info.created,
  target: info.target,
  resume_from: null,
});

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** One run with all its points; null when the folder holds none. */
export async function openRun(folder: string, confinement?: Confinement): Promise<RunView | null> {
  return (await new RunReader(folder, "full", () => confinement).refresh())?.view ?? null;
}

/** Folders under a root that look like runs, newest first (an id begins with its time). */
export async function runFolders(root: string): Promise<string[]> {
  try {
    const entries = await readdir(runsFolder(root), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map((entry) => join(runsFolder(root), entry.name))
      .sort()
      .reverse();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** All runs of a root, newest first, without their points. */
export async function listRuns(root: string): Promise<RunView[]> {
  const judgement = await judgeHere();
  const views: RunView[] = [];
  for (const folder of await runFolders(root)) {
    const read = await new RunReader(folder, "list").refresh(judgement);
    if (read !== null) views.push(read.view);
  }
  return views;
}
