import { spawn } from "node:child_process";
import path from "node:path";
import { projectRoot } from "../../.ci/setup/places.mjs";
import type { Workspace } from "./workspace.ts";

/** Runs the built command line in a workspace, with that workspace's own user data. */
export function finetune(
  { folder, env }: Workspace,
  args: readonly string[],
  { cli = path.join(projectRoot, "dist", "cli.js") }: { cli?: string } = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
