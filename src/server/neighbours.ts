import {
  LONGEST_NEIGHBOUR,
  mayBeNeighbour,
  MOST_NEIGHBOURS,
  neighbour,
  NEIGHBOUR_BYTES,
  type Neighbour,
} from "../core/config/neighbours.ts";
import type { Files } from "./files.ts";

/** What trains beside a config: a listing, and the beginnings of a few small files. */
export async function readNeighbours(files: Files, folder: string): Promise<readonly Neighbour[]> {
  const entries = await files.list(folder);
  const names = entries.filter(({ name, kind }) => kind === "file" && mayBeNeighbour(name));
  const found = await Promise.all(
    names.slice(0, MOST_NEIGHBOURS).map(async ({ name }) => {
      const place = `${folder}/${name}`;
      const stat = await files.stat(place);
      if (stat.kind !== "file" || stat.bytes > LONGEST_NEIGHBOUR) return null;
      const beginning = await files.read(place, (source) => source.read(0, NEIGHBOUR_BYTES));
      return beginning === null ? null : neighbour(name, new TextDecoder().decode(beginning));
    }),
  );
  return found.filter((each) => each !== null);
}
