/** The one call of editor, command line and Run: text in, everything that is to be said about it out. */
import type { Facts } from "../facts.ts";
import { check } from "./check.ts";
import { canBeSilenced } from "./codes.ts";
import { ignoredCodes, isHeard } from "./ignore.ts";
import { parse, type ParsedConfig } from "./parse.ts";
import type { Link } from "./chain.ts";
import type { Edit, Problem, Severity, Span } from "./problem.ts";
import { resolve, type Resolution, type ResolveContext } from "./resolve.ts";

/** By code: another severity, or "off". What `canBeSilenced` excludes stays what it is. */
export type SeverityOverrides = Readonly<Record<string, Severity | "off">>;

export interface Validation {
  readonly parsed: ParsedConfig;
  readonly resolution: Resolution;
  /** In the order of the file, each with a span inside the file that it is about. */
  readonly problems: readonly (Problem & { readonly span: NonNullable<Problem["span"]> })[];
}

type Placed = Validation["problems"][number];

/** Where a path stands in a file: under its own name, or under the one that it was moved from. */
function spanIn(link: Link, problem: Problem): { span: Span; moved: boolean } {
  const { path, at } = problem;
  if (link.parsed.spanOf(path) === undefined) {
    const move = link.moves.find(({ to }) => to.every((step, index) => step === path[index]));
    if (move) return { span: link.parsed.nearestSpan(move.from, at), moved: true };
  }
  return { span: link.parsed.nearestSpan(path, at), moved: false };
}

/** A value that another file sets: the problem is shown there, and its fixes override it here. */
function placed(problem: Problem, parsed: ParsedConfig, resolution: Resolution): Placed {
  if (problem.span !== undefined) return { ...problem, span: problem.span };
  const origin = problem.path.length === 0 ? 0 : Math.max(0, resolution.originOf(problem.path));
  const link = resolution.chain[origin];
  if (link === undefined) return { ...problem, span: parsed.nearestSpan(problem.path, problem.at) };
  const { span, moved } = spanIn(link, problem);
  if (moved) {
    // The name is put right first; a fix of the value would write a second key.
    const { fixes: _, ...rest } = problem;
    return { ...rest, span, ...(origin > 0 ? { file: link.path } : {}) };
  }
  if (origin === 0) return { ...problem, span };
  const overriding = (edit: Edit): Edit =>
    edit.kind === "delete" && parsed.spanOf(edit.path) === undefined
      ? { kind: "set", path: edit.path, value: null }
      : edit;
  const fixes = problem.fixes?.map((fix) => ({ ...fix, edits: fix.edits.map(overriding) }));
  return { ...problem, file: link.path, span, ...(fixes ? { fixes } : {}) };
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
  const seen = new Set<string>();
  const problems = [...resolution.problems, ...check(resolution, facts)]
    .filter((problem) => isHeard(problem, parsed, ignored))
    .map((problem) => placed(problem, parsed, resolution))
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
