/** What a check gets, and how it speaks. */
import type { Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import type { ParsedConfig } from "./parse.ts";
import type { ConfigPath, Edit, Fix, Problem, Severity } from "./problem.ts";
import { isSet, type Resolution } from "./resolve.ts";
import type { Draft } from "./schema.ts";
import { at } from "./value.ts";

export interface RuleContext {
  readonly draft: Draft;
  /** With defaults; null while no model or no data is named. */
  readonly config: ResolvedConfig | null;
  readonly facts: Facts;
  readonly resolution: Resolution;
  readonly main: ParsedConfig;
  /** The merged file sets the path itself. */
  isSet(path: ConfigPath): boolean;
  /** The merged value of a path as written. */
  valueAt(path: ConfigPath): unknown;
}

/** One topic of cross-field rules. Pure: the same file and facts give the same problems. */
export type Rule = (context: RuleContext) => Problem[];

export function ruleContext(resolution: Resolution, facts: Facts): RuleContext | null {
  const main = resolution.chain[0]?.parsed;
  if (main === undefined) return null;
  return {
    draft: resolution.draft,
    config: resolution.tentative,
    facts,
    resolution,
    main,
    isSet: (path) => isSet(resolution, path),
    valueAt: (path) => at(resolution.value, path),
  };
}

interface Words {
  readonly message: string;
  readonly fixes?: readonly Fix[];
  readonly at?: "key" | "value" | "item";
  readonly related?: NonNullable<Problem["related"]>;
}

const say =
  (severity: Severity) =>
  (code: string, path: ConfigPath, words: Words): Problem => ({ code, severity, path, ...words });

export const error = say("error");
export const warning = say("warning");
export const information = say("information");
export const hint = say("hint");

export const setEdit = (path: ConfigPath, value: unknown): Edit => ({ kind: "set", path, value });
export const deleteEdit = (path: ConfigPath): Edit => ({ kind: "delete", path });

/** A fix; the first of a problem is the one that "fix all" takes unless `preferred` is false. */
export const fix = (title: string, ...edits: Edit[]): Fix => ({ title, edits });
export const bestFix = (title: string, ...edits: Edit[]): Fix => ({ title, edits, preferred: true });
