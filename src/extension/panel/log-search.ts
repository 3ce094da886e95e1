/** Finds lines in a log of any size, by plain text without regard to case. Memory stays bounded. */
import { createReadStream } from "node:fs";
import { SEARCH_LINES, type LogLine, type SearchResult } from "../../core/panel.ts";
import { shortened } from "./log-source.ts";

/** A single line without an end must not fill the memory: beyond this it is searched in pieces. */
const MAX_PENDING = 1 << 20;

export async function searchLog(path: string, query: string, signal: AbortSignal): Promise<SearchResult> {
  const wanted = query.toLowerCase();
  const lines: LogLine[] = [];
  let total = 0;
  let number = 0;
  const look = (line: string): void => {
    number += 1;
    if (!line.toLowerCase().includes(wanted)) return;
    total += 1;
    if (lines.length < SEARCH_LINES) lines.push({ number, text: shortened(lastPainted(line)) });
  };
  let pending = "";
  for await (const chunk of createReadStream(path, { encoding: "utf8", highWaterMark: 1 << 18, signal })) {
    const pieces = (pending + String(chunk)).split("\n");
    pending = (pieces.pop() ?? "").slice(-MAX_PENDING);
    pieces.forEach(look);
  }
  if (pending !== "") look(pending);
  return { query, lines, total, done: true };
}

/** What a progress bar left on the line. */
const lastPainted = (line: string): string => {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  return text.slice(text.lastIndexOf("\r") + 1);
};
