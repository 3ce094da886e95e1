/** Environments that a newer set of pins has replaced: more than a gigabyte each. */
import { rm } from "node:fs/promises";
import { sep } from "node:path";
import { diskUse } from "../launch/disk-use.ts";
import { markFile } from "./environment-folder.ts";
import { ownEnvironments } from "./python-env.ts";

export interface OldEnvironment {
  readonly folder: string;
  readonly bytes: number;
}

/** All but the one to keep and those that a process in `used` (interpreters, absolute) works with. */
export async function oldEnvironments(
  cache: string,
  keep: string,
  used: readonly string[],
): Promise<OldEnvironment[]> {
  const own = await ownEnvironments(cache);
  const old = own.filter(
    ({ folder }) => folder !== keep && !used.some((python) => python.startsWith(folder + sep)),
  );
  return Promise.all(old.map(async ({ folder }) => ({ folder, bytes: (await diskUse(folder)).total })));
}

/** The mark goes first: cut off in the middle, what is left counts as half-made. */
export async function removeEnvironment({ folder }: OldEnvironment): Promise<void> {
  await rm(markFile(folder), { force: true });
  await rm(folder, { recursive: true, force: true });
}
