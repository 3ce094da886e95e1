/** One line of `events.jsonl` → an event, or the reason why it is none. Never throws. */
import {
  eventSchemas,
  unknownEventSchema,
  type EventType,
  type KnownEvent,
  type UnknownEvent,
} from "./event.ts";

export type Decoded =
  | { readonly kind: "event"; readonly event: KnownEvent }
  | { readonly kind: "unknown"; readonly event: UnknownEvent }
  | { readonly kind: "invalid"; readonly line: string; readonly reason: string };

const isKnown = (type: unknown): type is EventType =>
  typeof type === "string" && Object.hasOwn(eventSchemas, type);

export function decodeLine(line: string): Decoded {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: "invalid", line, reason: "not JSON" };
  }
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  const parsed = isKnown(type) ? eventSchemas[type].safeParse(value) : unknownEventSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return {
      kind: "invalid",
      line,
      reason: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not an event"}`,
    };
  }
  // The schema that was chosen by `type` is the one that accepted the value.
  return isKnown(type)
    ? { kind: "event", event: parsed.data as KnownEvent }
    : { kind: "unknown", event: parsed.data };
}

export interface Cut {
  /** Complete lines, without their line ends; empty ones dropped. */
  readonly lines: readonly string[];
  /** Bytes of `chunk` that belong to those lines: the reader's new offset is its old one plus this. */
  readonly consumed: number;
}

const NEWLINE = 0x0a;

/** Splits what was read from a growing file; a torn last line waits for the next read. */
export function cutLines(chunk: Uint8Array): Cut {
  const end = chunk.lastIndexOf(NEWLINE) + 1;
  if (end === 0) return { lines: [], consumed: 0 };
  const text = new TextDecoder().decode(chunk.subarray(0, end));
  return {
    lines: text
      .split("\n")
      .map((line) => line.replace(/\r$/, ""))
      .filter((line) => line !== ""),
    consumed: end,
  };
}
