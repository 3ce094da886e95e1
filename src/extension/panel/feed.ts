/** Turns what the reader of a run finds into messages for a panel: everything first, then what came. */
import type { Failure, LogLine, RunFacts, ToPanel, View } from "../../core/panel.ts";
import type { KnownEvent } from "../../core/run/event.ts";
import { inEnglish, type Say } from "../../core/say.ts";
import { CurveFeed, memoryPoint, type MemoryPoint, type Track } from "../../core/run/curves.ts";
import type { Confinement } from "../../launch/confinement.ts";
import { withKeptCheckpoints } from "../../launch/kept-checkpoints.ts";
import { outputFile } from "../../launch/run-files.ts";
import { RunReader, type RunView } from "../../launch/runs.ts";
import { diagnose } from "./diagnosis.ts";
import { LogSource } from "./log-source.ts";
import { runFacts } from "./run-facts.ts";

/** Sentences with a time in them change by themselves; nobody needs that more often. */
const FACTS_EVERY_S = 1;

export class PanelFeed {
  readonly #reader: RunReader;
  readonly #memory: MemoryPoint[] = [];
  #view: RunView | null = null;
  #curves: CurveFeed | null = null;
  #log: LogSource | null = null;
  #seen = "";
  #diagnosed: { readonly key: string; readonly failure: Failure | null } | null = null;
  #sentFacts = "";
  #factsAt = 0;

  constructor(
    readonly folder: string,
    private readonly say: Say = inEnglish,
    confinement?: () => Confinement,
  ) {
    this.#reader = new RunReader(folder, "full", confinement);
  }

  get view(): RunView | null {
    return this.#view;
  }

  get logFile(): string | null {
    return this.#log?.path ?? null;
  }

  /** Everything a page that knows nothing needs. `now` in Unix seconds. */
  async open(look: View, now: number): Promise<ToPanel[]> {
    const facts = await this.#read(now, true);
    if (facts === null || this.#view === null) return [this.#gone()];
    this.#seen = stampOf(this.#view);
    return [facts, this.curves(look), await this.#openLog(this.#view)];
  }

  /** The curves of another view; `more` goes on from there. */
  curves(look: View): ToPanel {
    this.#curves = new CurveFeed(look);
    return { type: "curves", curves: this.#curves.full(this.#track()) };
  }

  /** What came since; empty when nothing did. */
  async more(look: View, now: number): Promise<ToPanel[]> {
    const messages: ToPanel[] = [];
    const facts = await this.#read(now, false);
    if (this.#view === null) return [this.#gone()];
    if (facts !== null) messages.push(facts);
    const seen = stampOf(this.#view);
    if (seen !== this.#seen) messages.push(this.#addition(look));
    this.#seen = seen;
    const log = await this.#moreLog(this.#view);
    if (log !== null) messages.push(log);
    return messages;
  }

  #gone(): ToPanel {
    return { type: "trouble", message: this.say("This run is gone: its folder was deleted or moved.") };
  }

  #addition(look: View): ToPanel {
    const added = this.#curves?.next(this.#track()) ?? null;
    return added === null ? this.curves(look) : { type: "points", ...added };
  }

  async #read(now: number, always: boolean): Promise<ToPanel | null> {
    const read = await this.#reader.refresh();
    if (read === null) {
      this.#view = null;
      return null;
    }
    this.#view = read.view;
    this.#keepMemory(read.events);
    if (!always && read.events.length === 0 && now - this.#factsAt < FACTS_EVERY_S) return null;
    this.#factsAt = now;
    const kept = await withKeptCheckpoints(read.view);
    const facts = runFacts(kept, await this.#failure(read.view), now, this.say);
    const text = JSON.stringify(facts);
    if (!always && text === this.#sentFacts) return null;
    this.#sentFacts = text;
    return { type: "facts", facts } satisfies { type: "facts"; facts: RunFacts };
  }

  /** A failure is looked into once: its log grows no more. */
  async #failure(view: RunView): Promise<Failure | null> {
    const key = `${view.attemptNumber}:${view.state}`;
    if (this.#diagnosed?.key !== key) {
      this.#diagnosed = { key, failure: (await diagnose(view, this.say))?.failure ?? null };
    }
    return this.#diagnosed.failure;
  }

  #keepMemory(events: readonly KnownEvent[]): void {
    for (const event of events) if (event.type === "memory") this.#memory.push(memoryPoint(event));
  }

  #track(): Track {
    const { points = [], evals = [], checkpoints = [] } = this.#view?.job ?? {};
    return { points, evals, checkpoints, memory: this.#memory };
  }

  async #openLog(view: RunView): Promise<ToPanel> {
    this.#log = new LogSource(outputFile(view.folder, view.attemptNumber));
    const lines = await this.#log.tail();
    return { type: "log", reset: true, lines, rest: this.#log.rest() };
  }

  async #moreLog(view: RunView): Promise<ToPanel | null> {
    // A resume writes to a file of its own.
    if (this.#log?.path !== outputFile(view.folder, view.attemptNumber)) return this.#openLog(view);
    const before = this.#log.rest();
    const lines: LogLine[] = await this.#log.more();
    const rest = this.#log.rest();
    return lines.length === 0 && before?.text === rest?.text
      ? null
      : { type: "log", reset: false, lines, rest };
  }
}

/** The newest event that the curves have been told of. */
const stampOf = ({ job }: RunView): string => `${job.attempt}:${job.seq}`;
