/** A part of a log of any size around a line, small enough for an editor. */
import { open, type FileHandle } from "node:fs/promises";
import { isMissing } from "./json-file.ts";

export interface LogWindow {
  /** As they lie in the file, without their line ends. */
  readonly lines: readonly string[];
  /** Lines before the first of `lines`. */
  readonly before: number;
  /** Bytes of the file after the last of `lines`. */
  readonly after: number;
}

/** Editors follow changes and fold only in texts of moderate size. */
export const WINDOW_BYTES = 12 << 20;
const CHUNK = 1 << 20;
const NEWLINE = 0x0a;

/** `line` from 1, a quarter of the window stands before it; undefined: the end of the file. */
export async function readLogWindow(path: string, line?: number, limit = WINDOW_BYTES): Promise<LogWindow> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if (isMissing(error)) return { lines: [], before: 0, after: 0 };
    throw error;
  }
  try {
    const { size } = await file.stat();
    if (size <= limit) return { lines: split(await bytesOf(file, 0, size)), before: 0, after: 0 };
    const wanted = line === undefined ? size - limit : (await offsetOf(file, line)) - limit / 4;
    const from = Math.floor(Math.min(Math.max(0, wanted), size - limit));
    const bytes = await bytesOf(file, from, limit);
    // Whole lines only, unless there is none.
    const first = from === 0 ? 0 : bytes.indexOf(NEWLINE) + 1;
    const last = from + limit >= size ? bytes.length : bytes.lastIndexOf(NEWLINE) + 1 || bytes.length;
    return {
      lines: split(bytes.subarray(first, last)),
      before: await newlines(file, from + first),
      after: size - from - last,
    };
  } finally {
    await file.close();
  }
}

function split(bytes: Uint8Array): string[] {
  if (bytes.length === 0) return [];
  const lines = new TextDecoder().decode(bytes).split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

async function bytesOf(file: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** Line ends in the first `end` bytes of a file. */
export async function countLines(path: string, end: number): Promise<number> {
  if (end === 0) return 0;
  const file = await open(path, "r");
  try {
    return await newlines(file, end);
  } finally {
    await file.close();
  }
}

async function newlines(file: FileHandle, end: number): Promise<number> {
  let count = 0;
  await eachNewline(file, end, () => {
    count += 1;
    return true;
  });
  return count;
}

/** Bytes before a line, or before the last one there is. */
async function offsetOf(file: FileHandle, line: number): Promise<number> {
  let left = line - 1;
  let offset = 0;
  if (left <= 0) return 0;
  await eachNewline(file, Infinity, (at) => {
    offset = at + 1;
    left -= 1;
    return left > 0;
  });
  return offset;
}

/** Calls back with the place of each line end before `end`, until that says false. */
async function eachNewline(file: FileHandle, end: number, next: (at: number) => boolean): Promise<void> {
  const bytes = new Uint8Array(CHUNK);
  for (let at = 0; at < end;) {
    const { bytesRead } = await file.read(bytes, 0, Math.min(CHUNK, end - at), at);
    if (bytesRead === 0) return;
    const part = bytes.subarray(0, bytesRead);
    for (let i = part.indexOf(NEWLINE); i >= 0; i = part.indexOf(NEWLINE, i + 1)) {
      if (!next(at + i)) return;
    }
    at += bytesRead;
  }
}
