import type { Hover } from "vscode-languageserver-types";
import { codeDoc } from "../core/config/codes.ts";
import { docOf } from "./key-markdown.ts";
import { at, dotted, isMapping, keyOf } from "../core/config/value.ts";
import type { ConfigPath } from "../core/config/problem.ts";
import type { Analysis } from "./analysis.ts";
import { spanHere } from "./diagnostics.ts";
import type { ShownFigure } from "./figure.ts";
import { dataMarkdown } from "./hover-data.ts";
import { figureMarkdown } from "./hover-figure.ts";
import { modelMarkdown } from "./hover-model.ts";
import { originMarkdown } from "./hover-origin.ts";
import { ESTIMATE_COMMAND } from "./lenses.ts";
import { contains, toRange } from "./range.ts";

/** What stands under the cursor: a key with all it does, a value, the model with what it needs. */
export function hover(analysis: Analysis, offset: number, figure: ShownFigure | null = null): Hover | null {
  const { parsed, document } = analysis;
  const problems = problemTexts(analysis, offset);
  const { path, part } = parsed.pathAt(offset);
  const span = part === "none" || path.length === 0 ? undefined : parsed.spanOf(path, part);
  if (part === "none" || span === undefined || !contains(span, offset)) {
    return problems.length === 0 ? null : { contents: { kind: "markdown", value: problems.join("\n\n") } };
  }
  const sections = [
    ...problems,
    part === "key" ? keyText(path) : valueText(path, analysis),
    isModel(path, part, analysis) ? modelMarkdown(analysis) : null,
    isModel(path, part, analysis) && figure !== null ? figureMarkdown(figure) : null,
    isModel(path, part, analysis) && figure !== null ? tableLink(analysis) : null,
    part === "value" ? dataMarkdown(path, analysis) : null,
    originMarkdown(path, offset, analysis),
  ].filter((text) => text !== null && text !== "");
  if (sections.length === 0) return null;
  return {
    range: toRange(document, span),
    contents: { kind: "markdown", value: sections.join("\n\n") },
  };
}

/** All cards in one list; where nothing can be started there is no such command. */
function tableLink({ document, world }: Analysis): string | null {
  if (world.facts.can?.run !== true) return null;
  return `[All cards, with memory, time and cost](command:${ESTIMATE_COMMAND}?${encodeURIComponent(JSON.stringify([document.uri]))})`;
}

/** Why each problem under the cursor is one, and what to do; its own sentence the editor shows above. */
function problemTexts(analysis: Analysis, offset: number): string[] {
  const here = analysis.problems.filter((problem) => contains(spanHere(problem, analysis), offset));
  return [...new Set(here.map(({ code }) => code))].flatMap((code) => {
    const doc = codeDoc(code);
    return doc === undefined ? [] : [`*${code}*: ${doc.why} **What to do.** ${doc.fix}`];
  });
}

const keyText = (path: ConfigPath): string | null => docOf(keyOf(path))?.markdown ?? null;

/** The word's own sentence, else the sentence of its key. */
function valueText(path: ConfigPath, { parsed }: Analysis): string | null {
  const doc = docOf(keyOf(path));
  if (doc === undefined) return null;
  const value = at(parsed.value, path);
  const known = doc.values.find((each) => each.value === value);
  const number = typeof value === "number" ? numberText(value, path, parsed.text, parsed.spanOf(path)) : null;
  return [
    known?.sentence === undefined ? null : `\`${String(value)}\`: ${known.sentence}`,
    number,
    `**${doc.path}**: ${doc.sentence}`,
  ]
    .filter((part) => part !== null)
    .join("\n\n");
}

/** A number that is written in a way that other readers of YAML may take for text. */
function numberText(
  value: number,
  path: ConfigPath,
  text: string,
  span: { start: number; end: number } | undefined,
): string | null {
  const written = span === undefined ? "" : text.slice(span.start, span.end);
  if (!/e/i.test(written) || written === String(value)) return null;
  return `\`${written}\` is ${value.toLocaleString("en-US", { maximumSignificantDigits: 12 })} (${dotted(path)}).`;
}

/** The value of `model` or of `model.name`. */
function isModel(path: ConfigPath, part: "key" | "value", { parsed }: Analysis): boolean {
  const key = keyOf(path);
  if (key === "model.name") return true;
  return key === "model" && (part === "key" || !isMapping(at(parsed.value, path)));
}
