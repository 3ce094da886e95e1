/** Which commit a run was launched from. */
import { dirname } from "node:path";
import { execa } from "execa";
import { findExecutable } from "./executable.ts";

export interface GitState {
  readonly commit: string;
  /** Files that git follows differ from the commit. */
  readonly dirty: boolean;
}

/** null: no repository, no commit yet, no git, or one that does not answer: a run needs none of them. */
export async function gitState(configPath: string): Promise<GitState | null> {
  const program = await findExecutable("git");
  if (program === null) return null;
  const git = async (...args: readonly string[]): Promise<string | null> => {
    const result = await execa(program, ["-c", "core.fsmonitor=false", ...args], {
      cwd: dirname(configPath),
      env: { GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" },
      stdin: "ignore",
      reject: false,
      timeout: 5000,
    });
    return result.failed ? null : result.stdout;
  };
  const commit = await git("rev-parse", "HEAD");
  if (commit === null) return null;
  const changes = await git("status", "--porcelain", "--untracked-files=no");
  return { commit: commit.trim(), dirty: changes !== "" };
}
