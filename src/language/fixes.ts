import { CodeActionKind, TextEdit, type CodeAction, type Range } from "vscode-languageserver-types";
import { canBeSilenced } from "../core/config/codes.ts";
import { textEdits } from "../core/config/edits.ts";
import type { Fix, Span } from "../core/config/problem.ts";
import type { Analysis } from "./analysis.ts";
import { spanHere, toDiagnostic, type DiagnosticPlaces, type PlacedProblem } from "./diagnostics.ts";
import { fixAllEdits, sureFix } from "./fix-all.ts";
import { ignoreEdit } from "./ignore-comment.ts";
import { overlaps, toRange } from "./range.ts";

export const FIX_ALL = `${CodeActionKind.SourceFixAll}.finetune`;

/** `only`: the kinds that the editor asks for; all when undefined. */
export function codeActions(
  analysis: Analysis,
  range: Range,
  only: readonly string[] | undefined,
  places: DiagnosticPlaces,
): CodeAction[] {
  const wanted = (kind: string): boolean =>
    only === undefined || only.some((asked) => kind === asked || kind.startsWith(`${asked}.`));
  const { document } = analysis;
  const span = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
  const here = analysis.problems.filter((problem) => overlaps(spanHere(problem, analysis), span));
  return [
    ...(wanted(CodeActionKind.QuickFix)
      ? here.flatMap((problem) => quickFixes(problem, analysis, places))
      : []),
    ...(wanted(CodeActionKind.QuickFix) && here.length > 0
      ? fixAll(analysis, CodeActionKind.QuickFix, 2)
      : []),
    // A source action changes the whole file, so it comes only when asked for by name: on save, or by command.
    ...(only !== undefined && wanted(FIX_ALL) ? fixAll(analysis, FIX_ALL, 1) : []),
    ...(wanted(CodeActionKind.QuickFix) ? here.flatMap((problem) => ignore(problem, analysis, places)) : []),
  ];
}

function quickFixes(problem: PlacedProblem, analysis: Analysis, places: DiagnosticPlaces): CodeAction[] {
  return (problem.fixes ?? []).map((fix) => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [toDiagnostic(problem, analysis, places)],
    isPreferred: fix.preferred === true,
    ...effectOf(fix, analysis),
  }));
}

function effectOf(fix: Fix, analysis: Analysis): Partial<CodeAction> {
  const { document, parsed, world } = analysis;
  const edits = (fix.edits.length === 0 ? [] : textEdits(parsed, fix.edits)).map(toEdit(analysis));
  if (fix.command === undefined) return { edit: { changes: { [document.uri]: edits } } };
  // The editor would apply an edit before the command, which has to read the text as it is: it gets the edits to
  // apply, and the version that they are for.
  const { id, args } = fix.command;
  if (world.facts.can?.secrets === true) {
    const all = [document.uri, document.version, ...args, edits];
    return { command: { title: fix.title, command: id, arguments: all } };
  }
  return {
    title: "Remove it (keep it somewhere else first)",
    isPreferred: false,
    edit: { changes: { [document.uri]: edits } },
  };
}

const toEdit =
  ({ document }: Analysis) =>
  ({ span, text }: { span: Span; text: string }): TextEdit =>
    TextEdit.replace(toRange(document, span), text);

/** The edit comes when it is taken: it means as many passes over the file as there are fixes. */
function fixAll(analysis: Analysis, kind: string, atLeast: number): CodeAction[] {
  const count = analysis.problems.filter((problem) => sureFix(problem) !== undefined).length;
  if (count < atLeast) return [];
  const title =
    count === 1
      ? "Fix the one problem that has a sure fix"
      : `Fix all ${count} problems that have a sure fix`;
  return [{ title, kind, data: { fixAll: analysis.document.uri } }];
}

/** The document of a "fix all" that has no edit yet; null for any other action. */
export function fixAllOf(action: CodeAction): string | null {
  const data: unknown = action.data;
  if (typeof data !== "object" || data === null || !("fixAll" in data)) return null;
  return typeof data.fixAll === "string" ? data.fixAll : null;
}

export const withFixAll = (action: CodeAction, analysis: Analysis): CodeAction => ({
  ...action,
  edit: { changes: { [analysis.document.uri]: fixAllEdits(analysis).map(toEdit(analysis)) } },
});

/** A comment for what a person may know better; what cannot be read past has none. */
function ignore(problem: PlacedProblem, analysis: Analysis, places: DiagnosticPlaces): CodeAction[] {
  const elsewhere = problem.file !== undefined && problem.file !== analysis.world.place;
  if (elsewhere || !canBeSilenced(problem.code)) return [];
  const edit = toEdit(analysis)(ignoreEdit(analysis.parsed.text, problem.span.start, problem.code));
  return [
    {
      title: `Ignore ${problem.code} on this line`,
      kind: CodeActionKind.QuickFix,
      diagnostics: [toDiagnostic(problem, analysis, places)],
      edit: { changes: { [analysis.document.uri]: [edit] } },
    },
  ];
}
