// Child processes of the set-up: their output goes to ours, or is shown only when they fail.
import { spawn } from "node:child_process";

/**
 * Runs a command to its end and returns its output.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd?: string | undefined, env?: NodeJS.ProcessEnv | undefined, show?: boolean}} [options] show: pass the output through as it comes
 * @returns {Promise<string>} stdout and stderr together; empty when shown
 * @throws when the command cannot be started or exits with another code than 0; the message ends with its last lines
 */
export async function run(command, args, { cwd, env, show = false } = {}) {
  const { code, output } = await attempt(command, args, { cwd, env, show });
  if (code === 0) return output;
  const tail = output.trimEnd().split("\n").slice(-25).join("\n");
  throw new Error(`${[command, ...args].join(" ")} ended with ${code}${tail === "" ? "" : `:\n${tail}`}`);
}

/**
 * Like `run`, but a bad exit code is a value.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd?: string | undefined, env?: NodeJS.ProcessEnv | undefined, show?: boolean}} [options]
 * @returns {Promise<{code: number | string, output: string}>}
 */
export function attempt(command, args, { cwd, env = process.env, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ["ignore", show ? "inherit" : "pipe", show ? "inherit" : "pipe"],
      // npm is a script on Windows.
      shell: process.platform === "win32" && command === "npm",
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => (output += text));
    }
    child.on("error", (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.on("close", (code, signal) => resolve({ code: code ?? signal ?? "unknown", output }));
  });
}
