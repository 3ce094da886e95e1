// Where set-up keeps what can be remade: the same cache folder as the product's (see ARCHITECTURE.md, places).
import { homedir } from "node:os";
import path from "node:path";

export const projectRoot = path.resolve(import.meta.dirname, "../..");

/** The cache folder. Everything below it can be deleted at any time. */
export function cacheFolder(env = process.env) {
  if (env.FINETUNE_CACHE_DIR) return path.resolve(env.FINETUNE_CACHE_DIR);
  return path.join(platformCache(env), "unsloth-finetune");
}

/** @param {NodeJS.ProcessEnv} env */
function platformCache(env) {
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME;
  if (process.platform === "win32") return env.LOCALAPPDATA ?? path.join(homedir(), "AppData", "Local");
  if (process.platform === "darwin") return path.join(homedir(), "Library", "Caches");
  return path.join(homedir(), ".cache");
}
