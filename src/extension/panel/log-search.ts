/** Finds lines in a log of any size by text, phase and severity, and goes on where it grows. Memory stays bounded. */
import { createReadStream } from "node:fs";
import { SEARCH_LINES, type LogLine, type LogQuery, type SearchResult } from "../../core/panel.ts";
import { LogScanner, SEVERITIES, type LineKind } from "../../core/run/log-line.ts";
import { isMissing } from "../../launch/json-file.ts";
import { shortened } from "./log-source.ts";

/** A single line without an end must not fill the memory: beyond this only its end is searched. */
const MAX_PENDING = 1 << 20;
const CHUNK = 1 << 18;

export class LogSearch {
  readonly #scanner = new LogScanner();
  readonly #decoder = new TextDecoder();
  readonly #text: string;
  readonly #rank: number;
  #lines: LogLine[] = [];
  #total = 0;
  #number = 0;
  #offset = 0;
  #pending = "";

  constructor(
    readonly path: string,
    readonly query: LogQuery,
  ) {
    this.#text = query.text.toLowerCase();
    this.#rank = SEVERITIES.indexOf(query.severity);
  }

  /** Reads what came since; null when nothing did. A log that is not there yet has no lines. */
  async more(signal: AbortSignal): Promise<SearchResult | null> {
    const before = this.#offset;
    try {
      const options = { start: this.#offset, highWaterMark: CHUNK, signal };
      for await (const chunk of createReadStream(this.path, options)) this.#take(chunk as Uint8Array); // no encoding: bytes
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    return this.#offset === before && before > 0 ? null : this.#result();
  }

  #take(bytes: Uint8Array): void {
    this.#offset += bytes.length;
    const pieces = (this.#pending + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#pending = (pieces.pop() ?? "").slice(-MAX_PENDING);
    for (const piece of pieces) {
      const line = lastPainted(piece);
      this.#number += 1;
      if (!this.#matches(line, this.#scanner.push(line))) continue;
      this.#total += 1;
      this.#lines.push({ number: this.#number, text: shortened(line) });
      // Cut seldom: a shift for each line would be slow.
      if (this.#lines.length > 2 * SEARCH_LINES) this.#lines = this.#lines.slice(-SEARCH_LINES);
    }
  }

  /** The line that is still being written counts, but may yet change. */
  #result(): SearchResult {
    const rest = lastPainted(this.#pending);
    const also = rest !== "" && this.#matches(rest, this.#scanner.look(rest));
    const last: LogLine[] = also ? [{ number: this.#number + 1, text: shortened(rest) }] : [];
    const lines = [...this.#lines, ...last].slice(-SEARCH_LINES);
    return { query: this.query, lines, total: this.#total + last.length };
  }

  #matches(line: string, { phase, severity }: LineKind): boolean {
    if (this.query.phase !== null && phase !== this.query.phase) return false;
    if (SEVERITIES.indexOf(severity) < this.#rank) return false;
    return this.#text === "" || line.toLowerCase().includes(this.#text);
  }
}

/** What a progress bar left on the line. */
const lastPainted = (line: string): string => {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  return text.slice(text.lastIndexOf("\r") + 1);
};
