/** Why a process ended, from the end of its log. */
import { phaseMark } from "../core/run/log-line.ts";
import { readLogTail } from "./log.ts";

/** "ModuleNotFoundError: No module named 'torch'": the last line of a Python traceback. */
const EXCEPTION = /^[A-Za-z_][\w.]*(Error|Exception|Interrupt|Exit)\b(:|$)/;

/** The exception that was printed last, else the last line that says anything; null for an empty log. */
export function lastWords(lines: readonly string[]): string | null {
  const said = lines.map((line) => line.trim()).filter((line) => line !== "" && phaseMark(line) === null);
  return said.findLast((line) => EXCEPTION.test(line)) ?? said.at(-1) ?? null;
}

export const lastWordsOf = async (log: string): Promise<string | null> =>
  lastWords((await readLogTail(log, 200, 1 << 16)).lines);
