/** What the panel knows, and how a message changes it. Curves are kept growing; the rest is replaced. */
import {
  LOG_LINES,
  type Curve,
  type Curves,
  type LogLine,
  type RunFacts,
  type SearchResult,
  type ToPanel,
} from "../core/panel.ts";

export interface Model {
  readonly facts: RunFacts | null;
  readonly curves: Curves | null;
  readonly log: { readonly lines: readonly LogLine[]; readonly rest: LogLine | null };
  readonly search: SearchResult | null;
  readonly trouble: string | null;
}

export const emptyModel: Model = {
  facts: null,
  curves: null,
  log: { lines: [], rest: null },
  search: null,
  trouble: null,
};

export function receive(model: Model, message: ToPanel): Model {
  switch (message.type) {
    case "facts":
      return { ...model, facts: message.facts, trouble: null };
    case "curves":
      return { ...model, curves: message.curves };
    case "points":
      if (model.curves === null) return model;
      return { ...model, curves: grown(model.curves, message) };
    case "log": {
      const before = message.reset ? [] : model.log.lines;
      const lines = message.lines.length === 0 ? before : [...before, ...message.lines].slice(-LOG_LINES);
      return { ...model, log: { lines, rest: message.rest } };
    }
    case "search":
      return { ...model, search: message.result };
    case "trouble":
      return { ...model, trouble: message.message };
  }
}

function grown(curves: Curves, more: Extract<ToPanel, { type: "points" }>): Curves {
  const known = new Set(curves.curves.map((curve) => curve.key));
  return {
    view: curves.view,
    total: more.total,
    marks: more.marks,
    curves: [
      ...curves.curves.map((curve) => {
        const addition = more.curves.find(({ key }) => key === curve.key);
        return addition === undefined || addition.x.length === 0 ? curve : joined(curve, addition);
      }),
      ...more.curves.filter(({ key }) => !known.has(key)),
    ],
  };
}

function joined(curve: Curve, addition: Curve): Curve {
  const both = (a: Float64Array, b: Float64Array | undefined): Float64Array => {
    const out = new Float64Array(a.length + addition.x.length).fill(Number.NaN);
    out.set(a);
    if (b !== undefined) out.set(b, a.length);
    return out;
  };
  return {
    key: curve.key,
    x: both(curve.x, addition.x),
    ys: curve.ys.map((y, i) => both(y, addition.ys[i])),
  };
}

/** With the line that is still being written. */
export const logLines = ({ log }: Model): readonly LogLine[] =>
  log.rest === null ? log.lines : [...log.lines, log.rest];

/** Points that came one by one pile up: beyond this the panel asks for a thinned view again. */
export const isCrowded = ({ curves, view }: Curves): boolean =>
  curves.some(({ x }) => x.length > Math.max(2000, 5 * view.width));
