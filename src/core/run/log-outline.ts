/** The parts of a log for folding and for its outline: phases, and the tracebacks in them. */
import type { PhaseName } from "./phase-names.ts";
import { isFrame, isTraceback, phaseMark } from "./log-line.ts";

export interface LogPart {
  readonly kind: "phase" | "traceback";
  /** Name of the phase, or the exception that ended the traceback. */
  readonly title: string;
  /** First and last line, from 0. */
  readonly start: number;
  readonly end: number;
  readonly parts: readonly LogPart[];
}

interface Open {
  readonly phase: PhaseName;
  readonly start: number;
  readonly parts: LogPart[];
}

/** `lines` may be any stretch of a log: what it only ends is not listed, what it only begins reaches to its end. */
export function logOutline(lines: readonly string[]): LogPart[] {
  const top: LogPart[] = [];
  const open: Open[] = [];
  const into = (): LogPart[] => open.at(-1)?.parts ?? top;
  const close = (end: number): void => {
    const part = open.pop();
    if (part !== undefined) into().push({ kind: "phase", title: part.phase, ...rest(part), end });
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const mark = phaseMark(line);
    if (mark?.begins === true) open.push({ phase: mark.phase, start: at, parts: [] });
    else if (mark !== null && open.some(({ phase }) => phase === mark.phase)) {
      while (open.at(-1)?.phase !== mark.phase) close(at - 1);
      close(at);
    } else if (isTraceback(line)) {
      const end = endOfTraceback(lines, at);
      into().push({ kind: "traceback", title: (lines[end] ?? "").trim(), start: at, end, parts: [] });
      at = end;
    }
  }
  while (open.length > 0) close(lines.length - 1);
  return top;
}

const rest = ({ start, parts }: Open): Pick<LogPart, "start" | "parts"> => ({ start, parts });

function endOfTraceback(lines: readonly string[], start: number): number {
  let end = start + 1;
  while (end < lines.length && isFrame(lines[end] ?? "")) end += 1;
  return Math.min(end, lines.length - 1);
}
