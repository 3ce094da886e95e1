import { notYet } from "../not-yet.ts";
import { bestFix, deleteEdit, error, hint, setEdit, type Rule } from "../rule.ts";
import type { ConfigPath } from "../problem.ts";

/** One output stands without an index. */
const written = (path: ConfigPath, isList: boolean): ConfigPath =>
  path[0] === "save" && !isList ? ["save", ...path.slice(2)] : path;

/** What the trainer would refuse at its start is said before. */
export const future: Rule = ({ config, draft }) =>
  (config === null ? [] : notYet(config)).map(({ path: settled, sentence, milder }) => {
    const path = written(settled, Array.isArray(draft.save));
    if (milder) return hint("not-yet", path, { message: sentence, at: "item" });
    const fixes =
      path[0] === "compute"
        ? [bestFix("Spread one copy (balanced)", setEdit(path, "balanced"))]
        : [bestFix("Remove it", deleteEdit(path))];
    return error("not-yet", path, { message: sentence, at: "item", fixes });
  });
