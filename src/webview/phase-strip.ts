/** Where the time of this attempt went: the phases that ended and those that are open, as bands of one strip. */
import { html, nothing, svg, type TemplateResult } from "lit";
import type { RunFacts } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import type { PhaseName } from "../core/run/phase-names.ts";
import { duration } from "../core/units.ts";

const WIDTH = 1000;
const HEIGHT = 6;
/** A phase has its place and its colour whatever others there are; neighbours never share one. */
const FILLS: readonly (readonly [PhaseName, number])[] = [
  ["queued", 5],
  ["import", 0],
  ["download", 5],
  ["load", 1],
  ["prepare", 2],
  ["train", 3],
  ["evaluate", 1],
  ["save", 2],
  ["export", 0],
];

const fillOf = (name: PhaseName): number => FILLS.find(([known]) => known === name)?.[1] ?? 5;

interface Band {
  readonly name: PhaseName;
  readonly text: string;
  readonly seconds: number;
}

/** Phases of the same name add up, for a run saves and evaluates again and again. */
export function bands(
  { spans, phases, phasesUntil }: Pick<RunFacts, "spans" | "phases" | "phasesUntil">,
  now: number,
): Band[] {
  const found = new Map<PhaseName, Band>();
  const add = ({ name, text, seconds }: Band): void => {
    found.set(name, { name, text, seconds: (found.get(name)?.seconds ?? 0) + Math.max(0, seconds) });
  };
  const open = phases.map(({ name, word, since }) => ({
    name,
    text: word,
    seconds: (phasesUntil ?? now) - since,
  }));
  for (const band of [...spans, ...open]) add(band);
  const train = found.get("train");
  if (train !== undefined) {
    found.set("train", { ...train, seconds: Math.max(0, train.seconds - within(spans, open)) });
  }
  return FILLS.flatMap(([name]) => found.get(name) ?? []).filter(({ seconds }) => seconds >= 0.5);
}

/** Seconds that were saved or evaluated while the training was open. Spans come in the order of their ends. */
function within(spans: readonly Band[], open: readonly Band[]): number {
  const trains = open.some(({ name }) => name === "train");
  const before = trains
    ? [...spans, ...open]
    : spans.slice(
        0,
        spans.findLastIndex(({ name }) => name === "train"),
      );
  return before
    .filter(({ name }) => name === "save" || name === "evaluate")
    .reduce((sum, { seconds }) => sum + seconds, 0);
}

export function phaseStrip(
  run: RunFacts,
  text: PanelText,
  now = Date.now() / 1000,
): TemplateResult | typeof nothing {
  const shown = bands(run, now);
  const total = shown.reduce((sum, { seconds }) => sum + seconds, 0);
  if (shown.length < 2 || total <= 0) return nothing;
  let x = 0;
  const rects = shown.map(({ name, seconds }) => {
    const width = (WIDTH * seconds) / total;
    const rect = svg`<rect class="fill-${fillOf(name)}" x=${x} y="0" width=${Math.max(1, width - 2)} height=${HEIGHT}></rect>`;
    x += width;
    return rect;
  });
  return html`
    <div class="strip">
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${rects}</svg>
      <ul aria-label=${text.phases}>
        ${shown.map(
          ({ name, text: word, seconds }) =>
            html`<li><span class="swatch fill-${fillOf(name)}"></span>${word} ${duration(seconds)}</li>`,
        )}
      </ul>
    </div>
  `;
}
