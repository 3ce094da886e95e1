/** Failures found in a log file, or in the log of a run's attempt. */
import { open } from "node:fs/promises";
import {
  explainCode,
  explainerFor,
  type ExplainContext,
  type Explanation,
} from "../core/failures/explain.ts";

const CHUNK = 1 << 20;
const NEWLINE = 0x0a;
/** Progress bars without a line end can fill a log; their end is what counts. UTF-16 units. */
const LONGEST_LINE = 1 << 20;

export interface ExplainLogOptions extends ExplainContext {
  /** Bytes at the end of the file that are looked into; lines before are only counted. The whole file by default. */
  readonly tail?: number;
}

/** The first cause first; rejects when the file cannot be read. Memory stays bounded whatever the size. */
export async function explainLogFile(path: string, options: ExplainLogOptions = {}): Promise<Explanation[]> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - (options.tail ?? size));
    return await explainBytes(
      file.createReadStream({ highWaterMark: CHUNK, autoClose: false }),
      from,
      options,
    );
  } finally {
    await file.close();
  }
}

/** `from`: bytes whose lines are only counted. */
export async function explainBytes(
  bytes: AsyncIterable<Uint8Array>,
  from: number,
  context: ExplainContext,
): Promise<Explanation[]> {
  const explainer = explainerFor(context);
  const decoder = new TextDecoder();
  let offset = 0;
  let number = 1;
  let rest = "";
  for await (const chunk of bytes) {
    const skipped = Math.min(chunk.length, Math.max(0, from - offset));
    number += newlinesIn(chunk.subarray(0, skipped));
    offset += chunk.length;
    const lines = (rest + decoder.decode(chunk.subarray(skipped), { stream: true })).split("\n");
    rest = (lines.pop() ?? "").slice(-LONGEST_LINE);
    for (const line of lines) explainer.take(number++, line);
  }
  if (rest !== "") explainer.take(number, rest);
  return explainer.finish();
}

function newlinesIn(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** What a reader looks into to tell why a process is gone. Bytes. */
const CRASH_TAIL = 8 << 20;

/** Why a process that ended without `finished` is gone, by its log; at least that it is. */
export async function explainCrash(log: string, context: ExplainContext = {}): Promise<Explanation[]> {
  const found = await explainLogFile(log, { ...context, tail: CRASH_TAIL });
  const silent = explainCode("gone");
  return found.length > 0 || silent === undefined ? found : [silent];
}
