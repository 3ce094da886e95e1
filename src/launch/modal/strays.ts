/** Sandboxes of ours that nobody looks after: left by a launcher that died, or by a run folder that is gone. */
import { hostname } from "node:os";
import { basename } from "node:path";
import { readRemote } from "../remote-file.ts";
import { runFolders } from "../runs.ts";
import { OUR_TAGS, ownerOf } from "./names.ts";
import { hasPump } from "./pump-lock.ts";
import type { ModalSession } from "./session.ts";

export interface Stray {
  readonly sandbox: string;
  readonly name: string;
  readonly run: string | null;
  readonly attempt: number | null;
  /** The machine that launched it; it may have a pump there. */
  readonly host: string | null;
  readonly isOurs: boolean;
  /** Unix seconds. */
  readonly created: number;
  /** Its run folder on this machine: adopting starts a pump for it. null: it can only be ended. */
  readonly folder: string | null;
}

/** Those without a living pump here. What another machine launched is listed as not ours. */
export async function findStrays(
  session: Pick<ModalSession, "find">,
  roots: readonly string[],
): Promise<Stray[]> {
  const found = await session.find(OUR_TAGS);
  if (found.length === 0) return [];
  const folders = (await Promise.all(roots.map(runFolders))).flat();
  const byId = new Map(folders.map((folder) => [basename(folder), folder]));
  const strays: Stray[] = [];
  for (const { id, name, tags, created } of found) {
    const { run, attempt, host } = ownerOf(tags);
    const folder = run === null ? null : (byId.get(run) ?? null);
    if (folder !== null && (await isLookedAfter(folder))) continue;
    const adoptable = folder !== null && (await isUnended(folder));
    strays.push({
      sandbox: id,
      name,
      run,
      attempt,
      host,
      isOurs: host === null || host === hostname().slice(0, 60),
      created,
      folder: adoptable ? folder : null,
    });
  }
  return strays;
}

/** Its pump lives, and will end it or follow it. */
const isLookedAfter = (folder: string): Promise<boolean> => hasPump(folder);

async function isUnended(folder: string): Promise<boolean> {
  const remote = await readRemote(folder);
  return remote !== null && remote.stage !== "ended";
}
