/** Runs a verb as a terminal would, in a folder of its own, and keeps what it says. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "../../../src/cli/command-line.ts";
import type { Io } from "../../../src/cli/verb.ts";

export interface Terminal {
  readonly folder: string;
  /** May be added to. */
  readonly env: Record<string, string>;
  /** The same place, with nothing pressed yet. */
  again(): Terminal;
  write(name: string, content: string | Uint8Array): Promise<void>;
  run(...args: string[]): Promise<{ code: number; out: string; err: string }>;
  /** Ctrl-C. */
  press(): void;
  /** The window of the terminal is closed. */
  hangUp(): Promise<void>;
  close(): Promise<void>;
}

/** `env`: nothing of this machine unless a test names it. */
export async function openTerminal(env: Record<string, string> = {}): Promise<Terminal> {
  // A space in the path: people have them.
  return terminalIn(await mkdtemp(join(tmpdir(), "finetune cli ")), env);
}

function terminalIn(folder: string, env: Record<string, string>): Terminal {
  const whenClosed: (() => Promise<void>)[] = [];
  const interrupts = [new AbortController(), new AbortController()] as const;
  return {
    folder,
    env,
    again: () => terminalIn(folder, env),
    press: () => (interrupts[0].signal.aborted ? interrupts[1] : interrupts[0]).abort(),
    write: (name, content) => writeFile(join(folder, name), content),
    async hangUp() {
      for (const work of whenClosed) await work();
    },
    async run(...args) {
      const said = { out: "", err: "" };
      const io: Io = {
        cwd: folder,
        env,
        columns: null,
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        interrupt: interrupts[0].signal,
        interruptNow: interrupts[1].signal,
        onClosed: (work) => void whenClosed.push(work),
      };
      return { code: await commandLine(args, io), ...said };
    },
    close: () => rm(folder, { recursive: true }),
  };
}
