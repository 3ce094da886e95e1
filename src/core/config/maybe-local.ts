/** Names that are ids of the Hub unless something of that name lies beside the config: worth one look each. */
import type { ConfigPath } from "./problem.ts";
import type { Resolution } from "./resolve.ts";
import { entries } from "./settle/dataset.ts";

/** The places where a model or dataset that looks like an id would lie on this machine. */
export function maybeLocal({ draft, tentative, locate }: Resolution): string[] {
  if (tentative === null) return [];
  const ids: [ConfigPath, string][] = [];
  const { model } = tentative;
  if (model.input === null && model.embedded === null) ids.push([["model", "name"], model.name]);
  for (const section of ["dataset", "eval_dataset"] as const) {
    for (const { input, path, id } of entries(draft, section)) {
      if (input.path !== undefined && tentative.locals[id] === undefined)
        ids.push([[...path, "path"], input.path]);
    }
  }
  return ids.filter(([, text]) => !/^[a-z]+:\/\//i.test(text)).map(([at, text]) => locate(at, text));
}
