import { html, type TemplateResult } from "lit";
import type { Curve, CurveKey, Curves } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import { count, metric, size } from "../core/units.ts";
import { axisName } from "./chart-specs.ts";
import { lowerBound } from "../core/decimate.ts";

/** A table is read, not scrolled through: more rows would hide what they say. */
const ROWS = 200;

/** The charts as text, newest first. */
export function tableTab(curves: Curves | null, text: PanelText): TemplateResult {
  const loss = curves?.curves.find(({ key }) => key === "loss");
  if (curves === null || loss === undefined || loss.x.length === 0)
    return html`<p class="quiet">${text.noSteps}</p>`;
  const at = reader(curves.curves);
  const evals = new Map(curves.marks.flatMap((mark) => (mark.kind === "eval" ? [[mark.x, mark.y]] : [])));
  const xs = chosen(loss.x, new Set(evals.keys())).toReversed();
  return html`
    <p class="quiet">${text.tableRows}</p>
    <div class="table-scroll" tabindex="0" role="region" aria-label=${text.table}>
      <table class="table figures">
        <thead>
          <tr>
            ${[
              axisName(curves.view.axis, text),
              text.loss,
              text.lossAverage,
              text.evaluation,
              text.learningRate,
              text.gradNorm,
              text.tokensPerSecond,
              text.memory,
            ].map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${xs.map(
            (x) =>
              html`<tr>
                <th scope="row">${Number.isInteger(x) ? count(x) : metric(x)}</th>
                <td>${figure(at("loss", x), metric)}</td>
                <td>${figure(at("loss", x, 1), metric)}</td>
                <td>${figure(evals.get(x) ?? null, metric)}</td>
                <td>${figure(at("learning_rate", x), metric)}</td>
                <td>${figure(at("grad_norm", x), metric)}</td>
                <td>${figure(at("tokens_per_second", x), count)}</td>
                <td>${figure(at("memory", x), size)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
}

const figure = (value: number | null, format: (value: number) => string): string =>
  value === null ? "" : format(value);

/** Evenly chosen, with the last one and every evaluation among them. */
function chosen(xs: Float64Array, wanted: ReadonlySet<number>): number[] {
  const every = Math.max(1, Math.ceil(xs.length / ROWS));
  return [...xs].filter((x, i) => i % every === 0 || i === xs.length - 1 || wanted.has(x));
}

/** The value of a curve at or before x; curves are thinned each by its own extremes. */
function reader(curves: readonly Curve[]): (key: CurveKey, x: number, line?: number) => number | null {
  const byKey = new Map(curves.map((curve) => [curve.key, curve]));
  return (key, x, line = 0) => {
    const curve = byKey.get(key);
    if (curve === undefined) return null;
    const after = lowerBound(curve.x, x);
    const index = curve.x[after] === x ? after : after - 1;
    const value = curve.ys[line]?.[index];
    return value === undefined || !Number.isFinite(value) ? null : value;
  };
}
