/** Paths as text: POSIX, Windows or URI, without asking any file system. */

const DATA_EXTENSION = /\.(jsonl|ndjson|json|csv|tsv|txt|md|parquet|arrow|gz)$/i;
const WINDOWS_ROOT = /^[A-Za-z]:[\\/]/;
const UNC = /^(\\\\|\/\/)[^\\/]/;
const SCHEME = /^[a-z][a-z0-9+.-]+:\/\//i;

export const isWindowsPath = (path: string): boolean => WINDOWS_ROOT.test(path) || UNC.test(path);

/** Backslashes of a Windows path turned into slashes; a POSIX path keeps its backslashes. */
export function withSlashes(path: string): string {
  return WINDOWS_ROOT.test(path) || UNC.test(path) || /^\.{1,2}\\/.test(path) || isBackslashed(path)
    ? path.replaceAll("\\", "/")
    : path;
}

// "data\train.jsonl": no name on Linux has a backslash by intent.
const isBackslashed = (path: string): boolean => path.includes("\\") && !path.includes("/");

export const isAbsolute = (path: string): boolean =>
  path.startsWith("/") || path.startsWith("~") || isWindowsPath(path) || SCHEME.test(path);

export const hasDataExtension = (path: string): boolean => DATA_EXTENSION.test(path);

/** Written so that it can only be a place on this machine, whatever exists. */
export const looksLocal = (path: string): boolean =>
  /^(\.{1,2}[\\/]|\.{1,2}$|[/~])/.test(path) ||
  isWindowsPath(path) ||
  hasDataExtension(path) ||
  path.includes("\\");

/** Folder of a file path or URI, without its last slash. */
export function folderOf(file: string): string {
  const slashed = withSlashes(file);
  const cut = slashed.lastIndexOf("/");
  return cut < 0 ? "." : slashed.slice(0, cut) || "/";
}

/** Last part of a path. */
export const fileName = (path: string): string =>
  withSlashes(path).replace(/\/+$/, "").split("/").pop() ?? "";

function tidy(path: string): string {
  const [, root = "", rest = ""] =
    /^([a-z][a-z0-9+.-]+:\/\/[^/]*\/?|[A-Za-z]:\/|\/+)?(.*)$/is.exec(path) ?? [];
  const parts: string[] = [];
  for (const part of rest.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || root === "") parts.push(part);
  }
  return root + parts.join("/") || ".";
}

/**
 * The place that `path` means when it is written in `file`. `~` is left for the machine that knows its
 * home, unless `home` tells it.
 */
export function resolvePath(file: string, path: string, home?: string): string {
  const slashed = withSlashes(path);
  if (home !== undefined && /^~(\/|$)/.test(slashed)) return tidy(withSlashes(home) + slashed.slice(1));
  if (isAbsolute(slashed)) return tidy(slashed);
  return tidy(`${folderOf(file)}/${slashed}`);
}
