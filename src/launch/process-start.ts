/** When a process began, as text that no other process with the same number will have. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { isMissing } from "./json-file.ts";

/** Field 22 of `/proc/<pid>/stat`; null for a process that has ended, also while nobody has collected it. */
export function parseProcStat(text: string): string | null {
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? null : (fields[19] ?? null);
}

async function linux(pid: number): Promise<string | null> {
  try {
    return parseProcStat(await readFile(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && "code" in error && error.code === "ESRCH"))
      return null;
    throw error;
  }
}

async function viaCommand(pid: number, command: string, args: readonly string[]): Promise<string | null> {
  if (!exists(pid)) return null;
  // Node's own: every window loads this file, and the editor compiles all of a bundle before it shows anything.
  const told = await new Promise<string>((resolve) => {
    // A program that fails has told nothing: the process is gone.
    const child = execFile(command, args, { timeout: 10_000, windowsHide: true }, (_error, stdout) =>
      resolve(stdout),
    );
    child.stdin?.end();
  });
  const milliseconds = Date.parse(told.trim());
  return Number.isNaN(milliseconds) ? null : String(milliseconds);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** null: there is no such process. Linux: clock ticks since boot; elsewhere: Unix milliseconds. */
export function processStart(
  pid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<string | null> {
  if (platform === "linux") return linux(pid);
  if (platform === "win32") {
    const script = `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('o')`;
    const shell = `${process.env["SystemRoot"] ?? "C:\\Windows"}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;
    return viaCommand(pid, shell, ["-NoProfile", "-NonInteractive", "-Command", script]);
  }
  return viaCommand(pid, "/bin/ps", ["-o", "lstart=", "-p", String(pid)]);
}

/** `ps` tells whole seconds, others tell more: elsewhere than on Linux two seconds apart is the same. */
export function sameStart(a: string, b: string, platform: NodeJS.Platform = process.platform): boolean {
  if (platform === "linux") return a === b;
  return Math.abs(Number(a) - Number(b)) < 2000;
}
