/** Programs by their absolute path: a bare name would also be looked for in the folder of the project on Windows. */
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { posix, win32 } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

/** Absolute paths at which a program may lie, in the order of PATH. Relative entries of PATH are left out. */
export function candidates(name: string, env: Env, platform: NodeJS.Platform): string[] {
  const path = platform === "win32" ? win32 : posix;
  const names =
    platform === "win32" && win32.extname(name) === ""
      ? [`${name}.exe`, `${name}.cmd`, `${name}.bat`]
      : [name];
  const value = env["PATH"] ?? env["Path"] ?? "";
  return value
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .flatMap((folder) => names.map((file) => path.join(folder, file)));
}

/** null: not installed. */
export async function findExecutable(
  name: string,
  env: Env = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<string | null> {
  for (const path of candidates(name, env, platform)) {
    if (await isExecutable(path)) return path;
  }
  return null;
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // Missing, a folder, or not for us: either way not a program we could start.
  }
}
