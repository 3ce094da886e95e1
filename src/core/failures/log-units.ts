/** A log cut into what belongs together: a traceback with its chained exceptions, or a single line. */
export interface LogLine {
  /** From 1. */
  readonly number: number;
  /** Without colour codes and rank prefix. */
  readonly text: string;
  /** Quotes source code: text there was not printed by what happened. */
  readonly isFrame: boolean;
}

export type LogUnit = readonly LogLine[];

// eslint-disable-next-line no-control-regex -- escape sequences are what is removed
const ANSI = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;
const RANK = /^\[(?:rank)?\d+\]:\s?/;
const TRACEBACK = /^\s*(?:\S+ )?Traceback \(most recent call last\)/;
const CHAIN = /^(?:The above exception was the direct cause|During handling of the above exception)/;
const FRAME = /^\s+File "/;

/** A unit holds at most this many lines; a log that only looks like a traceback must not fill the memory. */
const MOST_LINES = 2000;
/** Lines of one exception message after its first. */
const MOST_MESSAGE = 20;

export const withoutColours = (text: string): string =>
  text.includes("\u001b") ? text.replace(ANSI, "") : text;

interface Open {
  lines: LogLine[];
  state: "frames" | "message" | "blank" | "chain";
  messageLines: number;
}

export interface UnitReader {
  /** Units that this line completes. */
  take(number: number, raw: string): LogUnit[];
  end(): LogUnit[];
}

/** Ranks of a multi-GPU run print between each other: each has its own open traceback. */
export function unitReader(): UnitReader {
  const open = new Map<string, Open>();
  return {
    take(number, raw) {
      const plain = withoutColours(raw);
      const rank = RANK.exec(plain)?.[0] ?? "";
      const text = plain.slice(rank.length);
      const unit = open.get(rank);
      if (unit && continues(unit, text)) {
        unit.lines.push({ number, text, isFrame: unit.state === "frames" });
        return [];
      }
      open.delete(rank);
      const done = unit ? [unit.lines] : [];
      if (!TRACEBACK.test(text)) return [...done, [{ number, text, isFrame: false }]];
      open.set(rank, { lines: [{ number, text, isFrame: false }], state: "frames", messageLines: 0 });
      return done;
    },
    end() {
      const rest = [...open.values()].map((unit) => unit.lines);
      open.clear();
      return rest;
    },
  };
}

/** Whether the line belongs to the traceback; moves its state on. */
function continues(unit: Open, text: string): boolean {
  if (unit.lines.length >= MOST_LINES) return false;
  const isBlank = text.trim() === "";
  if (TRACEBACK.test(text)) {
    if (unit.state !== "chain") return false;
    unit.state = "frames";
  } else if (CHAIN.test(text)) unit.state = "chain";
  else if (FRAME.test(text)) unit.state = "frames";
  else if (unit.state === "frames") {
    if (!isBlank && !/^\s/.test(text)) [unit.state, unit.messageLines] = ["message", 0];
  } else if (unit.state === "message") {
    if (isBlank) unit.state = "blank";
    else if (++unit.messageLines > MOST_MESSAGE) return false;
  } else return isBlank;
  return true;
}
