import { InlayHintKind, type InlayHint } from "vscode-languageserver-types";
import type { Analysis } from "./analysis.ts";
import { batchHint, datasetHints, defaultHints, parameterHint, stepHints } from "./hint-facts.ts";
import { memoryHints } from "./hint-memory.ts";
import type { Figure } from "./figure.ts";
import type { Remark } from "./remark.ts";
import type { HintKind } from "./settings.ts";

const MAKERS: Readonly<Record<HintKind, (analysis: Analysis, figure: Figure | null) => readonly Remark[]>> = {
  memory: memoryHints,
  batch: batchHint,
  steps: stepHints,
  parameters: parameterHint,
  rows: datasetHints,
  defaults: defaultHints,
};

/** Hints for the lines that this file itself writes; several on one line become one. */
export function hints(
  analysis: Analysis,
  figure: Figure | null,
  on: Readonly<Record<HintKind, boolean>>,
): InlayHint[] {
  const { parsed, document } = analysis;
  const kinds: readonly HintKind[] = ["parameters", "rows", "batch", "steps", "memory", "defaults"];
  const byLine = new Map<number, InlayHint>();
  for (const remark of kinds.filter((kind) => on[kind]).flatMap((kind) => MAKERS[kind](analysis, figure))) {
    const span = parsed.spanOf(remark.path, remark.atKey === true ? "key" : "value");
    if (span === undefined) continue;
    // Behind the colon of a section's key.
    const position = document.positionAt(span.end + (remark.atKey === true ? 1 : 0));
    const there = byLine.get(position.line);
    byLine.set(position.line, {
      position,
      kind: InlayHintKind.Parameter,
      paddingLeft: true,
      label: there ? `${String(there.label)} · ${remark.text}` : remark.text,
      tooltip: there ? `${String(there.tooltip)}\n\n${remark.tooltip}` : remark.tooltip,
    });
  }
  return [...byLine.values()];
}
