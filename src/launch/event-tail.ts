/** Follows `events.jsonl` from an offset and folds what it says. Holds no file open between two pulls. */
import { open } from "node:fs/promises";
import { cutLines, decodeLine } from "../core/run/decode.ts";
import type { KnownEvent } from "../core/run/event.ts";
import type { Job } from "../core/run/job.ts";
import { reduceAll } from "../core/run/reduce.ts";
import { isMissing } from "./json-file.ts";

/** An event line has at most 64 KiB, so a whole chunk without a line end is no event. */
const CHUNK = 1 << 20;

export interface EventTail {
  /** Bytes that are folded into `job`; what follows is a line that is still being written. */
  readonly offset: number;
  readonly job: Job;
}

export interface Pulled extends EventTail {
  /** The events of this pull, those the job had already seen included. */
  readonly events: readonly KnownEvent[];
}

/**
 * Reads on from `tail.offset`. The job of `tail` is taken over (see `reduce`) and must not be used
 * afterwards. A missing file is an empty one; one that has become shorter is left alone, because the
 * file is only ever appended to and whoever cut it has lost the rest.
 */
export async function pullEvents(path: string, tail: EventTail): Promise<Pulled> {
  let file;
  try {
    file = await open(path, "r");
  } catch (error) {
    if (isMissing(error)) return { ...tail, events: [] };
    throw error;
  }
  let { offset, job } = tail;
  const events: KnownEvent[] = [];
  try {
    const { size } = await file.stat();
    const buffer = new Uint8Array(Math.max(0, Math.min(CHUNK, size - offset)));
    while (offset < size) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
      const { lines, consumed } = cutLines(buffer.subarray(0, bytesRead));
      const known = events.length;
      let invalid = job.invalid;
      for (const line of lines) {
        const decoded = decodeLine(line);
        if (decoded.kind === "event") events.push(decoded.event);
        else if (decoded.kind === "invalid") invalid += 1;
      }
      job = { ...reduceAll(job, events.slice(known)), invalid };
      const skipped = consumed === 0 && bytesRead === CHUNK;
      offset += skipped ? bytesRead : consumed;
      if (skipped) job = { ...job, invalid: job.invalid + 1 };
      if (!skipped && bytesRead < CHUNK) break;
    }
    return { offset, job, events };
  } finally {
    await file.close();
  }
}
