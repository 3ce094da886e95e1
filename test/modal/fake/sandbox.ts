/** One sandbox: its command as a process of this machine, what it has printed, how it ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { Change } from "./change.ts";
import type { Container } from "./container.ts";
import { STATUS, type Result } from "./result.ts";

export interface Definition {
  readonly entrypointArgs: readonly string[];
  readonly timeoutSecs: number;
  readonly workdir?: string;
  readonly name?: string;
  readonly secretIds: readonly string[];
  readonly volumeMounts: readonly { readonly volumeId: string; readonly mountPath: string }[];
  readonly resources?: {
    readonly milliCpu: number;
    readonly memoryMb: number;
    readonly gpuConfig?: { readonly gpuType: string; readonly count: number };
  };
  readonly imageId: string;
}

export interface Tag {
  readonly tagName: string;
  readonly tagValue: string;
}

export interface SandboxFacts {
  readonly id: string;
  readonly taskId: string;
  readonly appId: string;
  readonly tags: readonly Tag[];
  readonly definition: Definition;
  /** Of the workers (CPU), not of the control plane (GPU). */
  readonly worker: boolean;
  readonly env: Readonly<Record<string, string>>;
}

export class FakeSandbox {
  readonly created = Date.now() / 1000;
  readonly changed = new Change();
  /** What the control plane hands out, entry by entry. */
  readonly log: { readonly fd: number; readonly text: string; readonly t: number }[] = [];
  /** What a worker hands out, by descriptor. */
  readonly bytes: Record<number, Buffer[]> = { 1: [], 2: [] };
  scheduled = false;
  result: Result | null = null;
  #process: ChildProcess | null = null;
  #ending: Result | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly facts: SandboxFacts,
    readonly container: Container,
  ) {}

  get name(): string {
    return this.facts.definition.name ?? "";
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** It got its machine. */
  start(dead: Result | null): void {
    if (this.result !== null) return;
    this.scheduled = true;
    if (dead !== null) {
      this.finish(dead);
      return;
    }
    const { definition } = this.facts;
    const args = definition.entrypointArgs.map((arg) => this.container.inside(arg));
    const [command = "sleep", ...rest] = args.length > 0 ? args : ["sleep", "86400"];
    const child = spawn(command, rest, {
      env: this.container.env(this.facts.env),
      cwd: definition.workdir ? this.container.path(definition.workdir) : this.container.root,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    this.#collect(child, 1);
    this.#collect(child, 2);
    child.on("error", (error) =>
      this.finish({ status: STATUS.failure, exitcode: 127, exception: error.message }),
    );
    child.on("close", (code) => {
      // A machine that was taken away has saved nothing more; nor has one that met its time limit.
      if (this.#ending === null || this.#ending.status === STATUS.terminated) this.container.commit();
      this.finish(this.#ending ?? exited(code));
    });
    this.#timer = setTimeout(
      () => this.end({ status: STATUS.timeout, exitcode: 137, exception: "" }),
      definition.timeoutSecs * 1000,
    );
    this.#timer.unref();
    this.changed.tell();
  }

  /** Kills its processes; it then ends with this result. With `grace`, SIGTERM comes so many ms before. */
  end(result: Result, grace = 0): void {
    if (this.result !== null) return;
    this.#ending = result;
    if (this.#process === null) this.finish(result);
    else if (grace === 0) this.#kill("SIGKILL");
    else {
      this.#kill("SIGTERM");
      setTimeout(() => this.#kill("SIGKILL"), grace).unref();
    }
  }

  /** Its result is this from now on, whatever its processes do. */
  finish(result: Result): void {
    if (this.result !== null) return;
    this.result = result;
    clearTimeout(this.#timer);
    this.changed.tell();
    this.#kill("SIGKILL");
  }

  #kill(signal: NodeJS.Signals): void {
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    send(-pid, signal);
    // A container takes every process with it, those that left its first process's group too.
    if (signal === "SIGKILL") for (const other of naming(this.container.root)) send(other, signal);
  }

  #collect(child: ChildProcess, fd: 1 | 2): void {
    const text = new StringDecoder("utf8");
    const stream = fd === 1 ? child.stdout : child.stderr;
    stream?.on("data", (data: Buffer) => {
      this.bytes[fd]?.push(data);
      this.log.push({ fd, text: text.write(data), t: Date.now() / 1000 });
      this.changed.tell();
    });
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

/** Processes whose command line names this folder, but our own. Where there is no /proc none is found. */
function naming(folder: string): readonly number[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && commandLine(name).includes(`${folder}/`))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return ""; // It ended while the list was read.
  }
}

const exited = (code: number | null): Result => ({
  status: code === 0 ? STATUS.success : STATUS.failure,
  exitcode: code ?? 137,
  exception: "",
});
