/** The log of a run for the panel: the last lines with their true numbers, then what is added. */
import { open } from "node:fs/promises";
import { LOG_LINE_CHARS, LOG_LINES, type LogLine } from "../../core/panel.ts";
import { LogFollower, readLogTail } from "../../launch/log.ts";

const NEWLINE = 0x0a;
const CHUNK = 1 << 20;

/** Of 256 KiB, read in one go while the panel waits. */
const PIECES = 8;

export class LogSource {
  #follower: LogFollower | null = null;
  #next = 1;

  constructor(readonly path: string) {}

  /** The last lines of the file; afterwards `more` goes on from there. */
  async tail(): Promise<LogLine[]> {
    const { start } = await readLogTail(this.path, LOG_LINES);
    this.#next = 1 + (await countLines(this.path, start));
    this.#follower = new LogFollower(this.path, start);
    return (await this.#pull(Infinity)).slice(-LOG_LINES);
  }

  /** Lines that were completed since; a burst comes in pieces over several calls. */
  more(): Promise<LogLine[]> {
    return this.#pull(PIECES);
  }

  /** A piece may hold no line end at all, so only a reader that stands still is at the end. */
  async #pull(pieces: number): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    const follower = this.#follower;
    for (let piece = 0; follower !== null && piece < pieces; piece++) {
      const before = follower.position;
      lines.push(...this.#number(await follower.pull()));
      if (follower.position === before) break;
    }
    return lines;
  }

  /** The line that is still being written (a progress bar), or null. */
  rest(): LogLine | null {
    const text = this.#follower?.rest() ?? "";
    return text === "" ? null : { number: this.#next, text: shortened(text) };
  }

  #number(lines: readonly string[]): LogLine[] {
    return lines.map((text) => ({ number: this.#next++, text: shortened(text) }));
  }
}

export const shortened = (text: string): string =>
  text.length > LOG_LINE_CHARS ? `${text.slice(0, LOG_LINE_CHARS)} … (${text.length} characters)` : text;

/** Line ends in the first `end` bytes: what lies before the tail has to be counted once. */
async function countLines(path: string, end: number): Promise<number> {
  if (end === 0) return 0;
  const file = await open(path, "r");
  try {
    const bytes = new Uint8Array(CHUNK);
    let lines = 0;
    for (let at = 0; at < end;) {
      const { bytesRead } = await file.read(bytes, 0, Math.min(CHUNK, end - at), at);
      if (bytesRead === 0) break;
      for (let i = bytes.indexOf(NEWLINE); i >= 0 && i < bytesRead; i = bytes.indexOf(NEWLINE, i + 1))
        lines += 1;
      at += bytesRead;
    }
    return lines;
  } finally {
    await file.close();
  }
}
