import type { ConfigPath } from "../core/config/problem.ts";
import { looksLocal } from "../core/config/paths.ts";
import type { Resolution } from "../core/config/resolve.ts";
import { at } from "../core/config/value.ts";

/** A text of the config that is, or may be, a place on this machine. */
export interface NamedPlace {
  readonly role: "data" | "model" | "template" | "code" | "config";
  readonly path: ConfigPath;
  readonly text: string;
  readonly place: string;
  /** Written so that it can be nothing else; otherwise it may be an id of the Hub. */
  readonly local: boolean;
}

/** Every place that the merged config names, in the order of the schema. */
export function namedPlaces(resolution: Resolution): NamedPlace[] {
  const found: NamedPlace[] = [];
  const add = (role: NamedPlace["role"], path: ConfigPath, local?: boolean): void => {
    const text = at(resolution.value, path);
    if (typeof text !== "string" || text === "") return;
    // A name that only may be a folder is looked up next to the config; "org/name" costs one stat.
    found.push({ role, path, text, place: resolution.locate(path, text), local: local ?? looksLocal(text) });
  };
  each(resolution, ["extends"], (path) => add("config", path, true));
  add("model", ["model", "name"]);
  for (const section of ["dataset", "eval_dataset"]) {
    each(resolution, [section], (path) => {
      add("data", [...path, "path"]);
      const template = at(resolution.value, [...path, "chat_template"]);
      if (typeof template === "string" && /\.(jinja2?|j2)$|[\\/]/i.test(template)) {
        add("template", [...path, "chat_template"], true);
      }
    });
  }
  each(resolution, ["training", "grpo", "reward_funcs"], (path) => {
    const text = at(resolution.value, path);
    if (typeof text === "string" && /\.py(?::|$)/.test(text)) add("code", path, true);
  });
  return found;
}

function each(resolution: Resolution, path: ConfigPath, use: (path: ConfigPath) => void): void {
  const value = at(resolution.value, path);
  if (Array.isArray(value)) value.forEach((_, index) => use([...path, index]));
  else if (value !== undefined && value !== null) use(path);
}
