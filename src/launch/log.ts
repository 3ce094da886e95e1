/** Lines of `output.<n>.log`, from the end or as they come, whatever the size of the file. */
import { open, type FileHandle } from "node:fs/promises";
import { isMissing } from "./json-file.ts";

/** A longer line is cut in what is shown; the file keeps it. */
export const MAX_LINE = 16_384;
const CHUNK = 1 << 18;
const NEWLINE = 0x0a;

export interface LogPart {
  readonly lines: readonly string[];
  /** Bytes before the first of `lines`; the file has earlier lines when it is above 0. */
  readonly start: number;
  /** Bytes up to which the file is read: where `readLogFrom` goes on. */
  readonly end: number;
}

/** A progress bar paints over itself with carriage returns: the last state is what a person saw. */
function shown(line: string): string {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  const last = text.slice(text.lastIndexOf("\r") + 1);
  return last.length > MAX_LINE ? `${last.slice(0, MAX_LINE)} … (${last.length} characters)` : last;
}

async function withFile<T>(path: string, none: T, use: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if (isMissing(error)) return none;
    throw error;
  }
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** At most `maxLines` last lines, from at most `maxBytes` at the end of the file. The unfinished line counts. */
export function readLogTail(path: string, maxLines = 5000, maxBytes = 8 << 20): Promise<LogPart> {
  return withFile<LogPart>(path, { lines: [], start: 0, end: 0 }, async (file) => {
    const { size } = await file.stat();
    const from = Math.max(0, size - maxBytes);
    const bytes = new Uint8Array(size - from);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, from + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    const text = bytes.subarray(0, filled);
    // From the middle of a line only when there is no other: it is longer than everything that is read.
    const firstEnd = from === 0 ? -1 : text.indexOf(NEWLINE, 0);
    let start = firstEnd === -1 ? 0 : firstEnd + 1;
    const end = text.at(-1) === NEWLINE ? text.length - 1 : text.length;
    for (let at = end, count = 0; at > start; count += 1) {
      if (count === maxLines) {
        start = at + 1;
        break;
      }
      at = text.lastIndexOf(NEWLINE, at - 1);
    }
    const part = text.subarray(start, end);
    const lines = part.length === 0 ? [] : new TextDecoder().decode(part).split("\n").map(shown);
    return { lines, start: from + start, end: from + filled };
  });
}

/** Follows a log: each `pull` gives the lines that were completed since the last one, in pieces of bounded size. */
export class LogFollower {
  private decoder = new TextDecoder();
  private pending = "";
  /** Characters of the unfinished line that are not kept because it is too long to show. */
  private dropped = 0;

  constructor(
    readonly path: string,
    private offset = 0,
  ) {}

  /** Bytes read so far. */
  get position(): number {
    return this.offset;
  }

  /** Empty when nothing was completed. Call again while it returns lines: one pull reads at most 256 KiB. */
  pull(): Promise<readonly string[]> {
    return withFile<readonly string[]>(this.path, [], async (file) => {
      const bytes = new Uint8Array(CHUNK);
      const { bytesRead } = await file.read(bytes, 0, CHUNK, this.offset);
      this.offset += bytesRead;
      const pieces = this.decoder.decode(bytes.subarray(0, bytesRead), { stream: true }).split("\n");
      const lines: string[] = [];
      pieces.forEach((piece, index) => {
        this.append(piece);
        if (index < pieces.length - 1) lines.push(this.take());
      });
      return lines;
    });
  }

  /** The line that is still being written, as it is so far. */
  rest(): string {
    return shown(this.pending);
  }

  private append(piece: string): void {
    const text = this.pending + piece;
    // Progress bars may never end their line: what they painted over is not worth keeping.
    const painted = text.lastIndexOf("\r", text.length - 2) + 1;
    const current = text.slice(painted);
    if (painted > 0) this.dropped = 0;
    this.pending = current.slice(0, MAX_LINE);
    this.dropped += current.length - this.pending.length;
  }

  private take(): string {
    const line = shown(this.pending);
    const whole = this.dropped === 0 ? line : `${line} … (${this.pending.length + this.dropped} characters)`;
    this.pending = "";
    this.dropped = 0;
    return whole;
  }
}
