/** The rules that need more than one key, or facts about data and machine. One validator for editor, CLI and Run. */
import type { Facts } from "../facts.ts";
import { RULES } from "./checks/rules.ts";
import type { Problem } from "./problem.ts";
import type { Resolution } from "./resolve.ts";
import { ruleContext } from "./rule.ts";

/** All cross-field problems of a config. Facts only add: with `{}` nothing is said about a machine. */
export function check(resolution: Resolution, facts: Facts): Problem[] {
  const context = ruleContext(resolution, facts);
  return context === null ? [] : RULES.flatMap((rule) => rule(context));
}
