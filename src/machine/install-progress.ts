/** How far an installer is, from the lines it prints. Pure. */

export interface InstallProgress {
  /** Names of the packages seen so far. */
  readonly seen: ReadonlySet<string>;
  /** Pins that are not for this machine. */
  readonly ignored: ReadonlySet<string>;
  /** The package of the last line; null when it was about something else. */
  readonly newest: string | null;
}

export const NOTHING_YET: InstallProgress = { seen: new Set(), ignored: new Set(), newest: null };

/** pip: an index, a file of a folder; uv: what it has just put in place. */
const PATTERNS = [
  /^Collecting ([A-Za-z0-9._-]+?)==/,
  /^Processing (?:.*[\\/])?([A-Za-z0-9._]+)-\d[^\\/]*\.(?:whl|tar\.gz)/,
  /^ \+ ([A-Za-z0-9._-]+?)==/,
];

const plain = (name: string): string => name.toLowerCase().replaceAll(/[._]/g, "-");

export function progressAfter(progress: InstallProgress, line: string): InstallProgress {
  const ignored = /^Ignoring ([A-Za-z0-9._-]+): markers/.exec(line)?.[1];
  if (ignored !== undefined) {
    return { ...progress, ignored: new Set([...progress.ignored, plain(ignored)]), newest: null };
  }
  const name = PATTERNS.map((pattern) => pattern.exec(line)?.[1]).find((found) => found !== undefined);
  if (name === undefined) return { ...progress, newest: null };
  return { ...progress, seen: new Set([...progress.seen, plain(name)]), newest: plain(name) };
}

/** How many there will be. A package with a pin for each Python is named twice and ignored once. */
export function totalOf(progress: InstallProgress, packages: readonly string[]): number {
  const names = packages.map(plain);
  const wanted = names.filter((name) => !progress.ignored.has(name) || count(names, name) > 1);
  return new Set(wanted).size;
}

const count = (names: readonly string[], wanted: string): number =>
  names.filter((name) => name === wanted).length;
