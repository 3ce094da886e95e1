import {
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic,
  type DiagnosticRelatedInformation,
} from "vscode-languageserver-types";
import type { Problem, Severity, Span } from "../core/config/problem.ts";
import type { Validation } from "../core/config/validate.ts";
import type { Analysis } from "./analysis.ts";
import { rangeIn, toRange } from "./range.ts";

export const SOURCE = "finetune";

export interface DiagnosticPlaces {
  /** URI of a place, for links to other files. */
  readonly uriOf: (place: string) => string;
  /** URI of the page that explains the codes; null where there is none. */
  readonly docs: string | null;
}

export type PlacedProblem = Validation["problems"][number];

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export function diagnostics(analysis: Analysis, places: DiagnosticPlaces): Diagnostic[] {
  return analysis.problems.map((problem) => toDiagnostic(problem, analysis, places));
}

/** The span of a problem in the file itself; one of an extended file is shown where that file is named. */
export function spanHere(problem: PlacedProblem, analysis: Analysis): Span {
  const { parsed, resolution } = analysis;
  if (isHere(problem, analysis)) return problem.span;
  const index = resolution.chain.findIndex((link) => link.path === problem.file);
  return parsed.nearestSpan(index > 0 ? ["extends"] : problem.path, "value");
}

const isHere = (problem: PlacedProblem, analysis: Analysis): boolean =>
  problem.file === undefined || problem.file === analysis.world.place;

export function toDiagnostic(
  problem: PlacedProblem,
  analysis: Analysis,
  { uriOf, docs }: DiagnosticPlaces,
): Diagnostic {
  const related = relatedOf(problem, analysis, uriOf);
  const tags = tagsOf(problem);
  return {
    range: toRange(analysis.document, spanHere(problem, analysis)),
    severity: SEVERITIES[problem.severity],
    code: problem.code,
    source: SOURCE,
    message: problem.message,
    ...(docs === null ? {} : { codeDescription: { href: `${docs}#${problem.code}` } }),
    ...(related.length > 0 ? { relatedInformation: related } : {}),
    ...(tags.length > 0 ? { tags } : {}),
  };
}

function relatedOf(
  problem: PlacedProblem,
  analysis: Analysis,
  uriOf: (place: string) => string,
): DiagnosticRelatedInformation[] {
  const { chain } = analysis.resolution;
  const inFile = (file: string | undefined, path: Problem["path"] | undefined, line: number | undefined) => {
    const link = file === undefined ? chain[0] : chain.find((each) => each.path === file);
    if (path !== undefined && link !== undefined)
      return rangeIn(link.parsed.text, link.parsed.nearestSpan(path));
    const start = { line: Math.max(0, (line ?? 1) - 1), character: 0 };
    return { start, end: start };
  };
  const found = (problem.related ?? []).map((each) => ({
    location: {
      uri: each.file === undefined ? analysis.document.uri : uriOf(each.file),
      range: inFile(each.file, each.path, each.line),
    },
    message: each.message,
  }));
  if (isHere(problem, analysis) || problem.file === undefined) return found;
  const link = chain.find((each) => each.path === problem.file);
  const range = link ? rangeIn(link.parsed.text, problem.span) : inFile(undefined, undefined, undefined);
  return [{ location: { uri: uriOf(problem.file), range }, message: "It is set here." }, ...found];
}

/** The best fix tells what the text is: a name out of use, or a line that does nothing. */
function tagsOf(problem: PlacedProblem): DiagnosticTag[] {
  if (problem.severity === "error") return [];
  const edits = problem.fixes?.find((fix) => fix.preferred)?.edits ?? [];
  if (edits.length === 0) return [];
  if (edits.every((edit) => edit.kind === "rename")) return [DiagnosticTag.Deprecated];
  return edits.every((edit) => edit.kind === "delete") ? [DiagnosticTag.Unnecessary] : [];
}
