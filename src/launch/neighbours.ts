import { open, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  LONGEST_NEIGHBOUR,
  mayBeNeighbour,
  MOST_NEIGHBOURS,
  neighbour,
  NEIGHBOUR_BYTES,
  type Neighbour,
} from "../core/config/neighbours.ts";
import type { Facts } from "../core/facts.ts";

/** What trains beside a config; the beginnings of a few small files are read. */
export async function neighbourFacts(config: string): Promise<Pick<Facts, "neighbours">> {
  const folder = dirname(config);
  // No folder, no neighbours: loading the config says what is wrong.
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile() && mayBeNeighbour(entry.name));
  const found: Neighbour[] = [];
  for (const { name } of names.slice(0, MOST_NEIGHBOURS)) {
    const known = neighbour(name, await beginningOf(join(folder, name)));
    if (known !== null) found.push(known);
  }
  return { neighbours: { [folder]: found } };
}

/** Empty for a file that cannot be opened or is too long to be written by hand. */
async function beginningOf(file: string): Promise<string> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return "";
  try {
    if ((await handle.stat()).size > LONGEST_NEIGHBOUR) return "";
    const buffer = Buffer.alloc(NEIGHBOUR_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
