/**
 * A volume as one sandbox sees it: what lay on it when the sandbox began, and its own changes, which others see
 * only when they are committed: by `sync`, or when the sandbox ends in peace.
 */
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export interface Mount {
  /** "/runs" */
  readonly at: string;
  readonly folder: string;
  commit(): void;
}

export function mountVolume(container: string, at: string, volume: string): Mount {
  const folder = join(container, "mounts", basename(volume));
  cpSync(volume, folder, { recursive: true, preserveTimestamps: true });
  writeFileSync(noteBeside(folder), volume);
  return {
    at,
    folder,
    commit() {
      if (existsSync(folder) && existsSync(volume))
        cpSync(folder, volume, { recursive: true, preserveTimestamps: true, force: true });
    },
  };
}

/** A folder of the container that is nobody else's. */
export function ownFolder(container: string, at: string): Mount {
  const folder = join(container, at);
  mkdirSync(folder, { recursive: true });
  return { at, folder, commit: () => undefined };
}

const noteBeside = (folder: string): string => join(dirname(folder), `.volume-of-${basename(folder)}`);

/** Shell lines of the `sync` that a container finds first; `log` gets a line for each call. */
export const syncScript = (log: string): string =>
  [
    `echo "$*" >> '${log}'`,
    'for mount in "$@"; do',
    '  note="$(dirname "$mount")/.volume-of-$(basename "$mount")"',
    '  if [ -f "$note" ]; then cp -a "$mount/." "$(cat "$note")/" || exit 1; fi',
    "done",
  ].join("\n");
