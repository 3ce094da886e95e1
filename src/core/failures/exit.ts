/** A process that ended without a word: what its exit status says. */
import { explainCode, type Explanation } from "./explain.ts";

export interface Exit {
  readonly code: number | null;
  /** "SIGKILL", as Node and Python name it. */
  readonly signal: string | null;
}

const BY_SIGNAL: Readonly<Record<string, string>> = {
  SIGKILL: "killed",
  SIGSEGV: "segfault",
  SIGBUS: "shared-memory",
  SIGILL: "illegal-instruction",
  SIGABRT: "aborted",
};

/** Shells and containers add 128 to the number of the signal. */
const BY_CODE: Readonly<Record<number, string>> = {
  132: "SIGILL",
  134: "SIGABRT",
  135: "SIGBUS",
  137: "SIGKILL",
  139: "SIGSEGV",
};

/** undefined: the status says nothing (0, 1, an interrupt). */
export function explainExit({ code, signal }: Exit): Explanation | undefined {
  const name = signal ?? BY_CODE[code ?? 0];
  const failure = name === undefined ? undefined : BY_SIGNAL[name];
  return failure === undefined ? undefined : explainCode(failure);
}
