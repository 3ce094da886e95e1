/** One line of what a sandbox prints, as `container.py` writes it: an event, a word of its own, or text. */
import * as z from "zod";

const EVENT_MARK = "@@ft {";
const BOX_MARK = "@@box {";
/** Text with other than ASCII characters, as JSON: streams are cut anywhere on their way. */
const TEXT_MARK = '@@u "';

const boxSchema = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("begin"), t: z.number() }),
  z.looseObject({
    kind: z.literal("end"),
    t: z.number(),
    exit_code: z.int(),
    reason: z.enum(["signal", "deadline", "stall"]).nullable(),
    /** Events and lines of the log that it passed on. */
    events: z.int().optional(),
    lines: z.int().optional(),
  }),
]);
/** When it began, and its last word: success is this mark, never the server's exit code. */
export type BoxLine = z.infer<typeof boxSchema>;

export interface SandboxLine {
  readonly box: BoxLine | null;
  /** The JSON of an event. */
  readonly event: string | null;
  readonly text: string | null;
}

export function readLine(raw: string): SandboxLine {
  const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
  if (line.startsWith(BOX_MARK)) {
    const box = boxSchema.safeParse(parsed(line.slice(BOX_MARK.length - 1)));
    if (box.success) return { box: box.data, event: null, text: null };
  }
  if (line.startsWith(TEXT_MARK)) {
    const text = parsed(line.slice(TEXT_MARK.length - 1));
    if (typeof text === "string") return { box: null, event: null, text };
  }
  const at = line.indexOf(EVENT_MARK);
  if (at < 0) return { box: null, event: null, text: line };
  const event = line.slice(at + EVENT_MARK.length - 1);
  if (parsed(event) === undefined) return { box: null, event: null, text: line };
  return { box: null, event, text: at === 0 ? null : line.slice(0, at) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
