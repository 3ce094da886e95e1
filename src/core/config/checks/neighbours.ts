import { fileName, folderOf } from "../paths.ts";
import { hint, type Rule } from "../rule.ts";

/** Named in one sentence; more are counted. */
const NAMED = 3;

/** Training beside the config that it knows nothing of. */
export const neighbours: Rule = ({ facts, config, resolution }) => {
  const folder = folderOf(resolution.path);
  const own = new Set([
    ...resolution.chain.map(({ path }) => fileName(path)),
    ...Object.values(config?.locals ?? {}).map(({ path }) => fileName(path)),
  ]);
  const found = (facts.neighbours?.[folder] ?? []).filter(({ name }) => !own.has(name));
  if (found.length === 0 || config === null) return [];
  const names = found.slice(0, NAMED).map(({ name, what }) => `${name} (${what})`);
  const more = found.length > NAMED ? ` and ${found.length - NAMED} more` : "";
  return [
    hint("training-script-beside", ["model"], {
      at: "key",
      message: `Beside this file: ${names.join(", ")}${more}. What ${found.length > 1 ? "they train" : "it trains"} is not checked or estimated here. Move the values over: keys have the names of the arguments.`,
      related: found.map(({ name, what }) => ({ file: `${folder}/${name}`, line: 1, message: what })),
    }),
  ];
};
