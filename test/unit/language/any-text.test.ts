import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Position, Range } from "vscode-languageserver-types";
import { complete } from "../../../src/language/complete.ts";
import { cursorAt } from "../../../src/language/cursor.ts";
import { definition } from "../../../src/language/definition.ts";
import { diagnostics } from "../../../src/language/diagnostics.ts";
import { figureOf } from "../../../src/language/figure.ts";
import { codeActions } from "../../../src/language/fixes.ts";
import { folding } from "../../../src/language/folding.ts";
import { highlights } from "../../../src/language/highlights.ts";
import { hints } from "../../../src/language/hints.ts";
import { hover } from "../../../src/language/hover.ts";
import { lenses } from "../../../src/language/lenses.ts";
import { links } from "../../../src/language/links.ts";
import { readSettings } from "../../../src/language/settings.ts";
import { completionWorld } from "../../../src/language/suggestions.ts";
import { symbols } from "../../../src/language/symbols.ts";
import { analysed, gpu, places, rowsFact, uriOf } from "./analysed.ts";

const CONFIGS = "test/fixtures/configs/valid";
const corpus = readdirSync(CONFIGS)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => readFileSync(`${CONFIGS}/${name}`, "utf8"));
const facts = { gpus: [gpu("RTX 3060", 12, "8.6")], datasets: { "/w/rows.jsonl": rowsFact(10) } };

/** A config of the corpus with pieces cut out, doubled or replaced by what people and cats type. */
const mutated = fc
  .record({
    text: fc.constantFrom(...corpus),
    edits: fc.array(
      fc.record({
        at: fc.nat(),
        length: fc.nat(12),
        insert: fc.oneof(
          fc.constantFrom(
            "\t",
            "\r\n",
            "\n",
            ":",
            ": ",
            "- ",
            "{",
            "}",
            "[",
            "]",
            '"',
            "'",
            "#",
            "&a ",
            "*a",
            "<<: *a",
            "|",
            ">-",
            "---\n",
            "? ",
            "!!str ",
            "\uFEFF",
            "🦥",
            "null",
            "  ",
          ),
          fc.string({ maxLength: 6 }),
        ),
      }),
      { maxLength: 4 },
    ),
    cursor: fc.nat(),
  })
  .map(({ text, edits, cursor }) => {
    let now = text;
    for (const { at, length, insert } of edits) {
      const from = at % (now.length + 1);
      now = now.slice(0, from) + insert + now.slice(from + length);
    }
    return { text: now, offset: cursor % (now.length + 1) };
  });

/** Everything the editor can ask about a text, and every range in the answers. */
function askAll(text: string, offset: number): Range[] {
  const analysis = analysed(text, { facts });
  const { document, parsed } = analysis;
  const config = analysis.resolution.tentative;
  const figure = config && figureOf(config, facts);
  const shown = figure && { figure, stale: false };
  const cursor = cursorAt(text, offset);
  const items = cursor ? complete(document, offset, cursor, completionWorld(analysis, cursor, [])).items : [];
  const found = hover(analysis, offset, shown)?.range;
  const whole = { start: document.positionAt(0), end: document.positionAt(text.length) };
  const outline = symbols(document, parsed);
  return [
    ...diagnostics(analysis, places).map(({ range }) => range),
    ...codeActions(analysis, whole, ["quickfix"], places).flatMap(({ edit }) =>
      Object.values(edit?.changes ?? {}).flatMap((edits) => edits.map(({ range }) => range)),
    ),
    ...lenses(analysis, shown).map(({ range }) => range),
    ...hints(analysis, figure, readSettings(null).hints).map(({ position }) => ({
      start: position,
      end: position,
    })),
    ...items.flatMap(({ textEdit }) => (textEdit && "range" in textEdit ? [textEdit.range] : [])),
    ...(found ? [found] : []),
    ...outline.flatMap(({ range, selectionRange }) => [range, selectionRange]),
    ...folding(document, parsed).map(({ startLine, endLine }) => ({
      start: { line: startLine, character: 0 },
      end: { line: endLine, character: 0 },
    })),
    ...highlights(document, parsed, offset).map(({ range }) => range),
    ...links(analysis, uriOf).map(({ range }) => range),
    ...definition(analysis, offset, uriOf).flatMap(({ uri, range }) => (uri === document.uri ? [range] : [])),
  ];
}

const RUNS = Number(process.env["FINETUNE_FUZZ_RUNS"] ?? 400);

test(
  "whatever stands in the file, nothing fails and every range lies in it",
  () => {
    let ranges = 0;
    fc.assert(
      fc.property(mutated, ({ text, offset }) => {
        const lines = text.split(/\r\n|\n|\r/);
        const inside = ({ line, character }: Position): boolean =>
          line >= 0 && line < lines.length && character >= 0 && character <= (lines[line] ?? "").length;
        for (const range of askAll(text, offset)) {
          ranges++;
          expect(inside(range.start) && inside(range.end), JSON.stringify(range)).toBe(true);
          const before = range.start.line - range.end.line || range.start.character - range.end.character;
          expect(before).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: RUNS },
    );
    expect(ranges).toBeGreaterThan(5000);
  },
  RUNS * 100 + 80_000,
);
