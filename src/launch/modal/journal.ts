/**
 * What a sandbox printed → `events.jsonl` and `output.<n>.log` of the run folder, each line once. A stream that
 * was cut begins again at its first line, so what is there already is passed over: events by their number, lines
 * of the log by their count. Lines of the sandbox's second stream end in a carriage return, which no reader
 * shows: the two streams are counted apart, because a re-read may mix them in another order.
 */
import { appendFileSync, readFileSync, statSync, truncateSync } from "node:fs";
import * as z from "zod";
import { decodeLine } from "../../core/run/decode.ts";
import type { KnownEvent } from "../../core/run/event.ts";
import { emptyJob, reduceAll } from "../../core/run/reduce.ts";
import type { Job } from "../../core/run/job.ts";
import { isMissing } from "../json-file.ts";
import { eventsFile, outputFile } from "../run-files.ts";
import { readLine, type BoxLine } from "./sandbox-line.ts";

/** Tells the lines of pump and builder from those of the sandbox; readers drop the carriage return. */
const NOTE_END = " \r";

type Fd = 1 | 2;
type Finished = Extract<KnownEvent, { type: "finished" }>;

/** Another pump has taken over: this one must write no more. */
export class Replaced extends Error {
  override readonly name = "Replaced";
}

/** Somebody else wrote to the files: they are to be read again before anything is added. */
export class Disturbed extends Error {
  override readonly name = "Disturbed";
}

export class Journal {
  /** Over all attempts; without points. */
  job: Job = emptyJob;
  /** Newest number of this attempt in the file; -1 for none. */
  lastSeq = -1;
  /** The trainer's last word, kept back until the results are here. */
  finished: Finished | null = null;
  /** Lines and events of this attempt that arrived or were there before. */
  arrived = 0;

  private readonly events: string;
  private readonly output: string;
  private sizes = { events: 0, output: 0 };
  private written: Record<Fd, number> = { 1: 0, 2: 0 };
  private seen: Record<Fd, number> = { 1: 0, 2: 0 };
  private rest: Record<Fd, string> = { 1: "", 2: "" };
  private passedOver = 0;
  /** Events after one that has not come, by number; null: it came and cannot be read. */
  private ahead = new Map<number, string | null>();

  constructor(
    folder: string,
    readonly attempt: number,
    private readonly holds: () => boolean,
    private readonly onBox: (box: BoxLine) => void,
  ) {
    this.events = eventsFile(folder);
    this.output = outputFile(folder, attempt);
    this.read();
  }

  /** Before a stream begins at its first line. */
  rewind(): void {
    this.seen = { 1: 0, 2: 0 };
    this.rest = { 1: "", 2: "" };
  }

  /** Events that did not come although later ones did, the last word not counted; 0 in an undisturbed stream. */
  get missing(): number {
    return this.ahead.size === 0 ? 0 : Math.min(...this.ahead.keys()) - this.lastSeq - 1;
  }

  /** Events and lines of the sandbox's first stream that came, the last word included. */
  get received(): { readonly events: number; readonly lines: number } {
    const written = this.lastSeq + 1 - this.passedOver;
    const waiting = this.ahead.size + (this.finished === null ? 0 : 1);
    return { events: written + waiting, lines: this.written[1] };
  }

  /** The same bytes from another place, from the first on: only events that the stream lost are taken. */
  fill(text: string): void {
    const events = text.split("\n").flatMap((line) => readLine(line).event ?? []);
    this.takeEvents(events);
  }

  /** Goes on without what is missing. How many events that were. */
  passOver(): number {
    const { missing } = this;
    if (missing === 0) return 0;
    this.passedOver += missing;
    this.lastSeq += missing;
    this.takeEvents([]);
    return missing + this.passOver();
  }

  /** What came, cut anywhere. Throws `Replaced` or `Disturbed`. */
  take(fd: Fd, text: string): void {
    const pieces = (this.rest[fd] + text).split("\n");
    this.rest[fd] = pieces.pop() ?? "";
    this.lines(fd, pieces);
  }

  /** The stream has ended: what has no line end is a line too. */
  end(): void {
    for (const fd of [1, 2] as const) {
      const left = this.rest[fd];
      this.rest[fd] = "";
      if (left !== "") this.lines(fd, [left]);
    }
  }

  /** A line of the log that the sandbox did not print: the builder's, or the pump's own. */
  note(text: string): void {
    this.append("output", `${text.replaceAll(/[\r\n]+/g, " ").trimEnd()}${NOTE_END}\n`);
  }

  /** An event of ours, with the next number of this attempt. */
  add(event: Record<string, unknown>): void {
    const now = Date.now() / 1000;
    this.write([
      asciiJson({ v: 1, attempt: this.attempt, t: now, t_mono: 0, ...event, seq: this.lastSeq + 1 }),
    ]);
  }

  /** Writes the word that was kept back, after everything else. `incomplete`: exports that failed since. */
  release(incomplete: readonly string[] = []): void {
    if (this.finished === null) return;
    this.add({ ...this.finished, incomplete: [...this.finished.incomplete, ...incomplete] });
    this.finished = null;
  }

  private lines(fd: Fd, lines: readonly string[]): void {
    const events: string[] = [];
    const log: string[] = [];
    for (const line of lines) {
      const { box, event, text } = readLine(line);
      if (box !== null) this.onBox(box);
      if (event !== null) events.push(event);
      if (text === null) continue;
      this.seen[fd] += 1;
      if (this.seen[fd] > this.written[fd]) log.push(fd === 2 ? `${text.trimEnd()}\r` : text);
    }
    if (log.length > 0) {
      this.append("output", `${log.join("\n")}\n`);
      this.written[fd] += log.length;
      this.arrived += log.length;
    }
    if (events.length > 0) this.takeEvents(events);
  }

  /** Readers pass over a number below one that they have seen, so nothing is written before all that precedes it. */
  private takeEvents(lines: readonly string[]): void {
    for (const line of lines) {
      const decoded = decodeLine(line);
      const own = decoded.kind === "invalid" ? identityOf(line) : decoded.event;
      if (own === null || own.attempt !== this.attempt) continue;
      if (decoded.kind === "event" && decoded.event.type === "finished") {
        if (!this.isOver()) this.finished = decoded.event;
      } else if (own.seq > this.lastSeq) {
        this.ahead.set(own.seq, decoded.kind === "invalid" ? null : line);
      }
    }
    const fresh: string[] = [];
    let last = this.lastSeq;
    for (let line = this.ahead.get(last + 1); line !== undefined; line = this.ahead.get(last + 1)) {
      last += 1;
      if (line !== null) fresh.push(line);
    }
    this.write(fresh);
    for (const seq of this.ahead.keys()) if (seq <= last) this.ahead.delete(seq);
    this.lastSeq = last;
  }

  private write(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.append("events", `${lines.join("\n")}\n`);
    this.arrived += lines.length;
    const known = lines
      .map((line) => decodeLine(line))
      .flatMap((each) => (each.kind === "invalid" ? [] : [each]));
    this.lastSeq = known.at(-1)?.event.seq ?? this.lastSeq;
    this.fold(known.flatMap((each) => (each.kind === "event" ? [each.event] : [])));
  }

  /** The last word of this attempt is in the file. */
  isOver(): boolean {
    return this.job.finished !== null && this.job.attempt === this.attempt;
  }

  private fold(events: readonly KnownEvent[]): void {
    this.job = { ...reduceAll(this.job, events), points: [] };
  }

  private append(which: "events" | "output", text: string): void {
    const path = this[which];
    if (!this.holds()) throw new Replaced("Another process has taken over this run.");
    if (sizeOf(path) !== this.sizes[which]) throw new Disturbed(`${path} has changed.`);
    appendFileSync(path, text);
    this.sizes[which] += Buffer.byteLength(text);
  }

  /** What earlier pumps wrote. A line that one of them could not finish is cut off: it comes again. */
  private read(): void {
    const events: KnownEvent[] = [];
    for (const line of wholeLines(this.events)) {
      const decoded = decodeLine(line);
      if (decoded.kind === "invalid") continue;
      if (decoded.kind === "event") events.push(decoded.event);
      if (decoded.event.attempt !== this.attempt) continue;
      this.lastSeq = Math.max(this.lastSeq, decoded.event.seq);
      this.arrived += 1;
    }
    this.fold(events);
    this.written = { 1: 0, 2: 0 };
    for (const line of wholeLines(this.output)) {
      if (!line.endsWith(NOTE_END)) this.written[line.endsWith("\r") ? 2 : 1] += 1;
    }
    this.arrived += this.written[1] + this.written[2];
    this.sizes = { events: sizeOf(this.events), output: sizeOf(this.output) };
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

function wholeLines(path: string): string[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) truncateSync(path, end);
  const lines = bytes.subarray(0, end).toString("utf8").split("\n");
  lines.pop();
  return lines;
}

/** Of an event that cannot be read otherwise; null: it is none. */
function identityOf(line: string): { readonly attempt: number; readonly seq: number } | null {
  const found = identity.safeParse(JSON.parse(line));
  return found.success ? found.data : null;
}

const identity = z.looseObject({ attempt: z.int(), seq: z.int() });

/** One line of plain ASCII: a reader in the middle of a write never sees half a character. */
const asciiJson = (value: object): string =>
  JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
