/** What a line of a log is: the phase in which it was written, and how bad it is. Lines come in their order. */
import { PHASES, type PhaseName } from "./phase-names.ts";
import { plainLine } from "./plain-line.ts";

export const SEVERITIES = ["info", "warning", "error"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface LineKind {
  /** Innermost open phase; null before the first and between two. */
  readonly phase: PhaseName | null;
  readonly severity: Severity;
}

/** The trainer writes "==> load" where a phase begins and "<== load" where it ends. */
const MARK = /^(==>|<==) ([a-z]+)(?:: .*)?$/;
const TRACEBACK = /^(?:\[rank\d+\]: ?)?Traceback \(most recent call last\)/;
const ERROR =
  /\b(?:[A-Z]\w*)?(?:Error|Exception)\b|\b(?:ERROR|FATAL|CRITICAL)\b|\berror:|out of memory|Segmentation fault/;
const WARNING = /\b(?:[A-Z]\w*)?Warning\b|\bWARN(?:ING)?\b|\bwarning:/;

const ESCAPE = "\u001b";

export interface PhaseMark {
  readonly begins: boolean;
  readonly phase: PhaseName;
}

/** null: an ordinary line. */
export function phaseMark(line: string): PhaseMark | null {
  // Nearly every line is decided by its first character.
  if (!line.startsWith("==> ") && !line.startsWith("<== ")) return null;
  const [, arrow, name] = MARK.exec(line) ?? [];
  const phase = PHASES.find((known) => known === name);
  return phase === undefined ? null : { begins: arrow === "==>", phase };
}

export const isTraceback = (line: string): boolean => TRACEBACK.test(line);

/** Frames of a traceback are indented; the exception that ends it is not. */
export const isFrame = (line: string): boolean => line === "" || /^(?:\[rank\d+\]: ?)?[ \t]/.test(line);

export class LogScanner {
  readonly #open: PhaseName[] = [];
  #inTraceback = false;

  /** What `line` would be, were it the next one. */
  look(line: string): LineKind {
    return { phase: this.#open.at(-1) ?? null, severity: this.#severity(line) };
  }

  push(line: string): LineKind {
    const mark = phaseMark(line);
    if (mark?.begins === true) this.#open.push(mark.phase);
    const kind = this.look(line);
    if (mark?.begins === false) this.#close(mark.phase);
    if (isTraceback(line)) this.#inTraceback = true;
    else if (this.#inTraceback && !isFrame(line)) this.#inTraceback = false;
    return kind;
  }

  #severity(painted: string): Severity {
    // A colour ends in a letter that would hide the beginning of a word.
    const line = painted.includes(ESCAPE) ? plainLine(painted) : painted;
    if (this.#inTraceback || isTraceback(line) || ERROR.test(line)) return "error";
    return WARNING.test(line) ? "warning" : "info";
  }

  /** A process that was killed closes nothing: whatever was opened inside ends with its phase. */
  #close(phase: PhaseName): void {
    const at = this.#open.lastIndexOf(phase);
    if (at >= 0) this.#open.length = at;
  }
}
