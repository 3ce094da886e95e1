/** Where a problem is shown: in which file, at which characters, and whether it is worth saying at all. */
import type { Link } from "./chain.ts";
import type { ParsedConfig } from "./parse.ts";
import type { ConfigPath, Edit, Problem, Span } from "./problem.ts";
import type { Resolution } from "./resolve.ts";
import { omit } from "./value.ts";

/** A problem with its place in the text of the file that it is about. */
export type Placed = Problem & { readonly span: Span };

/** Is one path inside the other, or the same? */
function touches(a: ConfigPath, b: ConfigPath): boolean {
  const shared = Math.min(a.length, b.length);
  return shared > 0 && a.slice(0, shared).every((step, index) => step === b[index]);
}

/** Where a path stands in a file: under its own name, or under the one that it was moved from. */
function spanIn(link: Link, problem: Problem): { span: Span; moved: boolean } {
  const { path, at } = problem;
  if (link.parsed.spanOf(path) === undefined) {
    const move = link.moves.find(({ to }) => touches(to, path));
    const there = move && [...move.from, ...path.slice(move.to.length)];
    if (there) return { span: link.parsed.nearestSpan(there, at), moved: true };
  }
  return { span: link.parsed.nearestSpan(path, at), moved: false };
}

/** A value that another file sets: the problem is shown there, and its fixes override it here. */
export function placed(problem: Problem, parsed: ParsedConfig, resolution: Resolution): Placed[] {
  if (problem.span !== undefined) return [{ ...problem, span: problem.span }];
  const origin = problem.path.length === 0 ? 0 : Math.max(0, resolution.originOf(problem.path));
  const link = resolution.chain[origin];
  if (link === undefined) return [{ ...problem, span: parsed.nearestSpan(problem.path, problem.at) }];
  const { span, moved } = spanIn(link, problem);
  const file = origin > 0 ? { file: link.path } : {};
  if (moved) {
    // The name is put right first: a fix of the value would write a second key, and advice can wait.
    return problem.severity === "hint" ? [] : [{ ...omit(problem, "fixes"), span, ...file }];
  }
  if (origin === 0) return [{ ...problem, span }];
  const overriding = (edit: Edit): Edit =>
    edit.kind === "delete" && parsed.spanOf(edit.path) === undefined
      ? { kind: "set", path: edit.path, value: null }
      : edit;
  const fixes = problem.fixes?.map((fix) => ({ ...fix, edits: fix.edits.map(overriding) }));
  return [{ ...problem, ...file, span, ...(fixes ? { fixes } : {}) }];
}

/**
 * Where the text could not be read, what is said about its names and values follows from that:
 * one fault, one diagnostic.
 */
export function followUps(parsed: ParsedConfig): (problem: Placed) => boolean {
  const causes = parsed.problems.flatMap(({ code, path, span }) =>
    span === undefined || code === "tab-indent"
      ? []
      : [{ code, path, span, line: parsed.lineAt(span.start) }],
  );
  if (causes.length === 0) return () => false;
  return (problem) =>
    problem.file === undefined &&
    problem.code !== "secret-in-file" &&
    !causes.some(({ code, span }) => code === problem.code && span.start === problem.span.start) &&
    causes.some(
      ({ path, line }) => touches(path, problem.path) || parsed.lineAt(problem.span.start) === line,
    );
}
