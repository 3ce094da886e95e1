/** Folders whose names make trouble for tools that are not ours. Pure. */
import { type Finding, warning } from "./finding.ts";

/** Packages lie up to about this deep below an environment. Characters. */
const DEPTH = 170;
const WINDOWS_LIMIT = 260;

export function pathFindings(platform: NodeJS.Platform, cache: string): Finding[] {
  const found: Finding[] = [];
  if (platform === "win32" && cache.length + DEPTH > WINDOWS_LIMIT) {
    found.push(
      warning(
        "disk",
        "path-long",
        `${cache} has ${cache.length} characters: packages below it pass the ${WINDOWS_LIMIT} that Windows allows.`,
        "Set FINETUNE_CACHE_DIR to a short path such as C:\\ft, or allow long paths (LongPathsEnabled).",
      ),
    );
  }
  const separator = platform === "win32" ? ";" : ":";
  if (cache.includes(separator)) {
    found.push(
      warning(
        "disk",
        "path-separator",
        `${cache} holds "${separator}", which separates folders in PATH: tools of the environment will not find each other.`,
        "Set FINETUNE_CACHE_DIR to a folder without it.",
      ),
    );
  }
  return found;
}
