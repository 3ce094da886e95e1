/**
 * A command with everything it starts. `venv` starts `ensurepip`, and pip starts compilers: ending only the
 * first process would leave the others writing into a folder that the next try is about to clear.
 */
import { execa } from "execa";
import { killGroup } from "../launch/kill-group.ts";
import type { Command } from "./setup-plan.ts";

export interface GroupResult {
  readonly failed: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as they came; why it could not be started where nothing was said. */
  readonly all: string;
}

export interface GroupOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
  /** Told the number of the group before anything is read of it. */
  readonly onStart?: ((pid: number) => Promise<void>) | undefined;
}

/** Resolves when the command has ended, failed or not; an abort ends its group and rejects with the reason. */
export async function runInGroup(
  command: Command,
  { env, signal, onLine, onStart }: GroupOptions,
): Promise<GroupResult> {
  signal?.throwIfAborted();
  const child = execa(command.file, [...command.args], {
    env: { ...env, ...command.env },
    extendEnv: false,
    stdin: "ignore",
    all: true,
    reject: false,
    // A group of its own; on Windows the tree is found without, and detached would open a console.
    detached: process.platform !== "win32",
  });
  let ending: Promise<void> = Promise.resolve();
  const end = (): void => {
    if (child.pid !== undefined) ending = killGroup(child.pid, true);
  };
  signal?.addEventListener("abort", end, { once: true });
  // Detached children are not ended with us by execa.
  process.once("exit", end);
  try {
    if (child.pid !== undefined) await onStart?.(child.pid);
    if (onLine !== undefined) for await (const line of child.iterable({ from: "all" })) onLine(line);
    const result = await child;
    await ending;
    signal?.throwIfAborted();
    const { failed, stdout, stderr, all } = result;
    return { failed, stdout, stderr, all: all === "" ? (result.shortMessage ?? "") : all };
  } finally {
    signal?.removeEventListener("abort", end);
    process.off("exit", end);
  }
}
