/** A verb of the command line: one file each in `verbs/`, registered in `main.ts`. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Columns of the terminal; null when output is not a terminal (plain lines then). */
  readonly columns: number | null;
  out(text: string): void;
  err(text: string): void;
  /** Aborted by the first Ctrl-C. */
  readonly interrupt: AbortSignal;
  /** Aborted by the second one; the third ends the program. */
  readonly interruptNow: AbortSignal;
  /** What is done when the terminal is closed or the program is told to end; then it ends. */
  onClosed?(work: () => Promise<void>): void;
}

export interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** For our own processes: not in the list of verbs. */
  readonly hidden?: true;
  /** Exit code: 0 fine, 1 failed or errors found, 2 wrong usage, 3 trained but an export failed. */
  run(args: readonly string[], io: Io): Promise<number>;
}
