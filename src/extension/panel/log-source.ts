/** The log of a run for the panel: the last lines with their true numbers, then what is added. */
import { LOG_LINE_CHARS, LOG_LINES, type LogLine } from "../../core/panel.ts";
import { LogFollower, readLogTail } from "../../launch/log.ts";
import { countLines } from "../../launch/log-window.ts";

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
