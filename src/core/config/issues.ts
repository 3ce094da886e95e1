/** What the schema refuses → problems at the deepest place that is really wrong. */
import type * as z from "zod";
import { keyAt, type KeyNode } from "./keys.ts";
import type { ConfigPath, Problem } from "./problem.ts";
import { shown } from "./secrets.ts";
import { at, keyOf } from "./value.ts";
import { explainValue } from "./wrong-value.ts";

type Issue = z.core.$ZodIssue;

/** The deepest places that an issue is about: a union's own message says nothing, its best branch does. */
function places(issue: Issue, above: ConfigPath, value: unknown): ConfigPath[] {
  const here: ConfigPath = [...above, ...issue.path.filter((step) => typeof step !== "symbol")];
  if (issue.code !== "invalid_union") return [here];
  const found = at(value, here);
  // A branch of the right shape complains about something inside; the others about the value as a whole.
  const inner = issue.errors.find(
    (branch) =>
      branch.length > 0 && branch.every((each) => each.path.length > 0) && typeof found === "object",
  );
  return inner ? inner.flatMap((each) => places(each, here, value)) : [here];
}

/** The key that a path is about; an item of a list is about the list's key. */
function keyFor(path: ConfigPath): KeyNode | undefined {
  for (let end = path.length; end > 0; end--) {
    const key = keyAt(keyOf(path.slice(0, end)));
    if (key !== undefined) return key;
  }
  return undefined;
}

/** One problem for each place that the schema refuses; `value` is what was validated. */
export function schemaProblems(issues: readonly Issue[], value: unknown): Problem[] {
  const seen = new Map<string, Problem>();
  for (const path of issues.flatMap((issue) => places(issue, [], value))) {
    const id = path.join("\u0000");
    if (seen.has(id)) continue;
    const key = keyFor(path);
    const found = at(value, path);
    const words = key
      ? explainValue(key, path, found)
      : { code: "wrong-type", message: `This value does not fit here: ${shown(found)}.` };
    seen.set(id, { severity: "error", path, at: "value", ...words });
  }
  return [...seen.values()];
}
