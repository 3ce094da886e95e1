/** Several runs side by side: what the editor tells the comparison's page, and how it is worked out. */
import type { Axis, ChartPicture, Curve } from "./panel.ts";

export interface ComparedRun {
  readonly folder: string;
  readonly name: string;
  readonly state: string;
  readonly curves: readonly Curve[];
  /** Evaluation losses as a curve; empty without evaluations. */
  readonly evaluations: Curve;
}

/** A line of a table: one value a run, in their order; null where a run has none. */
export interface ComparedRow {
  readonly label: string;
  readonly values: readonly (string | null)[];
  /** For the difference to the baseline, where the values are numbers. */
  readonly numbers?: readonly (number | null)[];
}

export interface Comparison {
  readonly axis: Axis;
  readonly runs: readonly ComparedRun[];
  readonly results: readonly ComparedRow[];
  /** Keys of the plans whose values are not the same in all of them. */
  readonly differences: readonly ComparedRow[];
}

export type ToComparison =
  | { readonly type: "comparison"; readonly comparison: Comparison }
  | { readonly type: "trouble"; readonly message: string };

export interface ComparisonLook {
  readonly axis: Axis;
  readonly width: number;
  readonly smoothing: number;
}

export type FromComparison =
  | { readonly type: "ready" | "look"; readonly look: ComparisonLook }
  | { readonly type: "open"; readonly folder: string }
  /** The person wants to see other runs. */
  | { readonly type: "choose" }
  | { readonly type: "saveChart"; readonly title: string; readonly picture: ChartPicture }
  | { readonly type: "failed"; readonly message: string };

/** Parts of a plan that say nothing about what was trained. */
const BESIDE = /^(plan_id|version|name|inputs|compute|limits)(\.|$)/;

/** `plans` as they lie in the run folders, in the order of the runs. Only what differs, in the plan's own order. */
export function differences(plans: readonly unknown[]): ComparedRow[] {
  const flat = plans.map((plan) => flatten(plan));
  const keys = new Set(flat.flatMap((values) => [...values.keys()]));
  return [...keys]
    .filter((key) => !BESIDE.test(key))
    .map((label) => ({ label, values: flat.map((values) => values.get(label) ?? null) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** {a: {b: [1, 2]}} → "a.b": "[1,2]". Lists of plain values stay one value: their order means something. */
function flatten(value: unknown, path = "", into = new Map<string, string>()): Map<string, string> {
  const inner = typeof value === "object" && value !== null;
  if (!inner || (Array.isArray(value) && value.every((item) => typeof item !== "object"))) {
    into.set(path, JSON.stringify(value) ?? "null");
    return into;
  }
  for (const [key, item] of Object.entries(value)) flatten(item, path === "" ? key : `${path}.${key}`, into);
  return into;
}

/** Curves of several runs over one x, for a chart that has only one. NaN where a run has no point. */
export function aligned(curves: readonly (Curve | undefined)[], line: number): Pick<Curve, "x" | "ys"> {
  const xs = [...new Set(curves.flatMap((curve) => (curve === undefined ? [] : [...curve.x])))].sort(
    (a, b) => a - b,
  );
  const at = new Map(xs.map((x, i) => [x, i]));
  const ys = curves.map((curve) => {
    const values = new Float64Array(xs.length).fill(Number.NaN);
    curve?.x.forEach((x, i) => {
      values[at.get(x) ?? 0] = (curve.ys[line] ?? curve.ys[0])?.[i] ?? Number.NaN;
    });
    return values;
  });
  return { x: Float64Array.from(xs), ys };
}
