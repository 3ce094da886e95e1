/** The one call of editor, command line and Run: text in, everything that is to be said about it out. */
import type { Facts } from "../facts.ts";
import { check } from "./check.ts";
import { canBeSilenced } from "./codes.ts";
import { ignoredCodes, isHeard } from "./ignore.ts";
import { parse, type ParsedConfig } from "./parse.ts";
import { followUps, placed, type Placed } from "./place.ts";
import type { Severity } from "./problem.ts";
import { resolve, type Resolution, type ResolveContext } from "./resolve.ts";

/** By code: another severity, or "off". What `canBeSilenced` excludes stays what it is. */
export type SeverityOverrides = Readonly<Record<string, Severity | "off">>;

/** More than anybody reads; each has to be found in the text. */
const MOST_PROBLEMS = 1_000;

export interface Validation {
  readonly parsed: ParsedConfig;
  readonly resolution: Resolution;
  /** In the order of the file, each with a span inside the file that it is about. */
  readonly problems: readonly Placed[];
}

function weighed(problem: Placed, overrides: SeverityOverrides): Placed[] {
  const wanted = canBeSilenced(problem.code) ? overrides[problem.code] : undefined;
  if (wanted === "off") return [];
  return [wanted === undefined ? problem : { ...problem, severity: wanted }];
}

/** Checks one config; one that is parsed already is not parsed again. Never throws for anything that a file can contain. */
export function validate(
  input: string | ParsedConfig,
  context: ResolveContext,
  facts: Facts = {},
  overrides: SeverityOverrides = {},
): Validation {
  const parsed = typeof input === "string" ? parse(input) : input;
  const kindOf = context.kindOf ?? ((place: string) => facts.paths?.[place]);
  const resolution = resolve(parsed, { ...context, kindOf });
  const ignored = ignoredCodes(parsed.text);
  const follows = followUps(parsed);
  const seen = new Set<string>();
  const problems = [...resolution.problems, ...check(resolution, facts)]
    .slice(0, MOST_PROBLEMS)
    .filter((problem) => isHeard(problem, parsed, ignored))
    .flatMap((problem) => placed(problem, parsed, resolution))
    .filter((problem) => !follows(problem))
    .filter((problem) => {
      const key = `${problem.code}\u0000${problem.file ?? ""}\u0000${problem.span.start}\u0000${problem.path.join(".")}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .flatMap((problem) => weighed(problem, overrides));
  problems.sort(
    (a, b) => Number(a.file !== undefined) - Number(b.file !== undefined) || a.span.start - b.span.start,
  );
  return { parsed, resolution, problems };
}
