/** What goes wrong with files and processes, as one sentence that names the place and the way out. */
import { LaunchError } from "./launcher.ts";

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/** Turns an error of the file system into a `LaunchError`; others are returned as they are. */
export function fileFailure(error: unknown, path: string): unknown {
  switch (codeOf(error)) {
    case "EACCES":
    case "EPERM":
      return new LaunchError(
        "not-writable",
        `${path} cannot be written: permission denied.`,
        "Give yourself write access, or set FINETUNE_RUNS_DIR (setting finetune.runsFolder) to another folder.",
        path,
      );
    case "EROFS":
      return new LaunchError(
        "not-writable",
        `${path} lies on a read-only file system.`,
        "Set FINETUNE_RUNS_DIR (setting finetune.runsFolder) to a folder that can be written.",
        path,
      );
    case "ENOSPC":
    case "EDQUOT":
      return new LaunchError(
        "disk-full",
        `No space is left for ${path}.`,
        "Delete runs that are no longer needed, or set FINETUNE_RUNS_DIR to another disk.",
        path,
      );
    case "ENAMETOOLONG":
      return new LaunchError(
        "path-too-long",
        `The path of ${path} is too long for this file system.`,
        "Set FINETUNE_RUNS_DIR to a folder with a shorter path.",
        path,
      );
    default:
      return error;
  }
}

/** Runs `work`; what the file system refuses is told of `path`. */
export async function telling<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileFailure(error, path);
  }
}
