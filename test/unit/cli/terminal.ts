/** Runs a verb as a terminal would, in a folder of its own, and keeps what it says. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "../../../src/cli/command-line.ts";
import type { Io } from "../../../src/cli/verb.ts";

export interface Terminal {
  readonly folder: string;
  write(name: string, content: string | Uint8Array): Promise<void>;
  run(...args: string[]): Promise<{ code: number; out: string; err: string }>;
  close(): Promise<void>;
}

export async function openTerminal(): Promise<Terminal> {
  // A space in the path: people have them.
  const folder = await mkdtemp(join(tmpdir(), "finetune cli "));
  return {
    folder,
    write: (name, content) => writeFile(join(folder, name), content),
    async run(...args) {
      const said = { out: "", err: "" };
      const never = new AbortController().signal;
      const io: Io = {
        cwd: folder,
        env: {},
        columns: null,
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        interrupt: never,
        interruptNow: never,
      };
      return { code: await commandLine(args, io), ...said };
    },
    close: () => rm(folder, { recursive: true }),
  };
}
