/** A command that runs beside a sandbox's own: its streams by offset, its input, its end. */
import { type ChildProcess, spawn } from "node:child_process";
import { Change } from "./change.ts";
import type { FakeSandbox } from "./sandbox.ts";

export class Exec {
  readonly changed = new Change();
  /** 0 stdout, 1 stderr. */
  readonly out: Record<number, Buffer[]> = { 0: [], 1: [] };
  code: number | null = null;
  written = 0;
  inputClosed = false;
  #child: ChildProcess | null = null;
  /** Instead of a process's input: what has come, and what to do at its end. */
  #sink: { readonly chunks: Buffer[]; readonly done: (all: Buffer) => void } | null = null;

  run(sandbox: FakeSandbox, args: readonly string[], env: Readonly<Record<string, string>>): void {
    const [command = "", ...rest] = args.map((arg) => sandbox.container.inside(arg));
    const child = spawn(command, rest, {
      cwd: sandbox.container.root,
      env: sandbox.container.env({ ...sandbox.facts.env, ...env }),
    });
    this.#child = child;
    child.stdout.on("data", (data: Buffer) => this.print(0, data));
    child.stderr.on("data", (data: Buffer) => this.print(1, data));
    child.stdin.on("error", () => undefined);
    child.on("error", (error) => {
      this.print(1, Buffer.from(error.message));
      this.end(127);
    });
    child.on("close", (code) => this.end(code ?? 137));
  }

  /** Its input goes to `done` when it is complete. */
  collect(done: (all: Buffer) => void): void {
    this.#sink = { chunks: [], done };
  }

  print(stream: 0 | 1, data: Buffer): void {
    this.out[stream]?.push(data);
    this.changed.tell();
  }

  end(code: number): void {
    this.code ??= code;
    this.changed.tell();
  }

  write(data: Uint8Array): void {
    if (data.length === 0) return;
    this.written += data.length;
    if (this.#sink === null) this.#child?.stdin?.write(data);
    else this.#sink.chunks.push(Buffer.from(data));
  }

  closeInput(): void {
    this.inputClosed = true;
    if (this.#sink === null) this.#child?.stdin?.end();
    else this.#sink.done(Buffer.concat(this.#sink.chunks));
  }
}
