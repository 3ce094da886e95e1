import { folderOf } from "../core/config/paths.ts";
import { at, isMapping } from "../core/config/value.ts";
import { DATA_FORMATS } from "../core/run/plan.ts";
import type { Analysis } from "../language/analysis.ts";
import { namedPlaces } from "../language/places.ts";
import type { DatasetOptions } from "./dataset-facts.ts";
import type { Wanted } from "./file-facts.ts";

/** The places that a config names, with how the rows of its data files are to be read, and its own folder. */
export function wantedPlaces({ resolution, world }: Analysis): Wanted[] {
  const folder = { role: "folder", path: [], text: "", place: folderOf(world.place), local: true } as const;
  const named = namedPlaces(resolution).map((each) =>
    each.role === "data" ? { ...each, dataset: optionsAt(resolution, each.path.slice(0, -1)) } : each,
  );
  return [...named, folder];
}

function optionsAt(resolution: Analysis["resolution"], path: readonly (string | number)[]): DatasetOptions {
  const section = at(resolution.value, path);
  if (!isMapping(section)) return {};
  const format = DATA_FORMATS.find((each) => each === section["format"]);
  const columns = isMapping(section["columns"])
    ? Object.fromEntries(
        Object.entries(section["columns"]).filter(
          (entry): entry is [string, string] => typeof entry[1] === "string",
        ),
      )
    : {};
  return {
    ...(format === undefined ? {} : { format }),
    ...(Object.keys(columns).length > 0 ? { columns } : {}),
  };
}
