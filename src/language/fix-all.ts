import { TextDocument } from "vscode-languageserver-textdocument";
import { applyEdits } from "../core/config/edits.ts";
import { lineHunks } from "../core/config/edits/hunks.ts";
import { parse } from "../core/config/parse.ts";
import type { Fix, Span } from "../core/config/problem.ts";
import { analyse, type Analysis } from "./analysis.ts";
import type { PlacedProblem } from "./diagnostics.ts";

/** More sure fixes than this in one file: two of them undo each other. */
const ROUNDS = 100;

/**
 * Every sure fix, one after the other, each on the file that the one before left: a fix may make the next
 * one needless or wrong.
 */
export function fixAllEdits(analysis: Analysis): readonly { readonly span: Span; readonly text: string }[] {
  let now = analysis;
  const tried = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const next = now.problems.find((problem) => sureFix(problem) && !tried.has(keyOf(problem, now)));
    if (next === undefined) break;
    tried.add(keyOf(next, now));
    const text = applyEdits(now.parsed, sureFix(next)?.edits ?? []);
    if (text === now.parsed.text) continue;
    const document = TextDocument.create(analysis.document.uri, analysis.document.languageId, round, text);
    now = analyse(document, parse(text), analysis.world);
  }
  return lineHunks(analysis.parsed.text, now.parsed.text);
}

const keyOf = (problem: PlacedProblem, { parsed }: Analysis): string =>
  JSON.stringify([problem.code, problem.path, parsed.text]);

/** A preferred fix that is edits alone: a command asks or does something outside the file. */
export const sureFix = (problem: PlacedProblem): Fix | undefined =>
  problem.fixes?.find((fix) => fix.preferred === true && fix.command === undefined && fix.edits.length > 0);
