/** Where things lie that belong to no project. Pure: platform, environment and home come in as arguments. */
import { posix, win32 } from "node:path";

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const NAME = "unsloth-finetune";

/** An environment variable that is set to nothing counts as not set. */
const set = (value: string | undefined): string | undefined => (value === "" ? undefined : value);

/** Holds only what can be made again: Python environments, embedded models. `FINETUNE_CACHE_DIR` overrides. */
export function cacheFolder({ platform, env, home }: Surroundings): string {
  const own = set(env["FINETUNE_CACHE_DIR"]);
  if (own !== undefined) return own;
  if (platform === "win32") return win32.join(localAppData(env, home), NAME, "cache");
  if (platform === "darwin") return posix.join(home, "Library", "Caches", NAME);
  return posix.join(absolute(env["XDG_CACHE_HOME"]) ?? posix.join(home, ".cache"), NAME);
}

/** Holds what cannot be made again: known roots, the queue, measured corrections. `FINETUNE_DATA_DIR` overrides. */
export function dataFolder({ platform, env, home }: Surroundings): string {
  const own = set(env["FINETUNE_DATA_DIR"]);
  if (own !== undefined) return own;
  if (platform === "win32") return win32.join(localAppData(env, home), NAME, "data");
  if (platform === "darwin") return posix.join(home, "Library", "Application Support", NAME);
  return posix.join(absolute(env["XDG_DATA_HOME"]) ?? posix.join(home, ".local", "share"), NAME);
}

const localAppData = (env: Surroundings["env"], home: string): string =>
  set(env["LOCALAPPDATA"]) ?? win32.join(home, "AppData", "Local");

/** The XDG specification says to ignore relative paths. */
const absolute = (path: string | undefined): string | undefined =>
  path !== undefined && posix.isAbsolute(path) ? path : undefined;
