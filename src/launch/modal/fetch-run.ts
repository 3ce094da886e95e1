/** Brings what a person names, or all that a run has made, from its volume into the run folder. */
import { basename } from "node:path";
import { LaunchError } from "../launcher.ts";
import { readRemote } from "../remote-file.ts";
import { noRun } from "../resume.ts";
import { openRun } from "../runs.ts";
import { fetchFiles } from "./fetch-files.ts";
import type { ModalSession } from "./session.ts";

export interface Fetched {
  /** Relative to the run folder. */
  readonly path: string;
  readonly bytes: number;
}

/** `paths` empty: every artefact of its events. */
export async function fetchRun(
  session: Pick<ModalSession, "list" | "download">,
  folder: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Fetched[]> {
  const view = await openRun(folder);
  if (view === null) throw noRun(folder);
  const remote = await readRemote(folder);
  if (remote === null) {
    throw new LaunchError(
      "not-on-modal",
      `${view.id} ran on this machine: its results are in its folder.`,
      `Look into ${folder}.`,
      folder,
    );
  }
  const wanted = paths.length > 0 ? paths : [...new Set(view.job.artifacts.map(({ path }) => path))];
  const outside = wanted.find((path) => /^([\\/]|[A-Za-z]:)|(^|[\\/])\.\.([\\/]|$)/.test(path));
  if (outside !== undefined) {
    throw new LaunchError(
      "not-in-run",
      `${outside} is not a path inside the run.`,
      "Name it as in the run folder: adapter, or checkpoints/checkpoint-30.",
      folder,
    );
  }
  const fetch = { session, volume: remote.volume, id: basename(folder), folder };
  const fetched: Fetched[] = [];
  for (const path of wanted) {
    fetched.push({ path, bytes: await fetchFiles(fetch, path, () => undefined, signal) });
  }
  return fetched;
}
