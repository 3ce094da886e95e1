/** How a person looks at a run: kept over hiding and reloading, unlike anything the run says. */
import type { Axis, View } from "../core/panel.ts";
import { isTab, type Tab } from "./tabs.ts";

export interface Looks {
  readonly view: View;
  readonly tab: Tab;
  readonly logScale: boolean;
  readonly capOutliers: boolean;
}

const AXES: readonly Axis[] = ["step", "epoch", "tokens", "time"];

/** Kept by this or an earlier version, so every part is looked at; what does not fit is left at its default. */
export function readLooks(kept: Readonly<Record<string, unknown>>, width: number): Looks {
  const { axis, smoothing, tab, logScale, capOutliers } = kept;
  return {
    view: {
      axis: AXES.find((one) => one === axis) ?? "step",
      range: null,
      width,
      smoothing: typeof smoothing === "number" && smoothing >= 0 && smoothing < 1 ? smoothing : 0.8,
    },
    tab: isTab(tab) ? tab : "log",
    logScale: logScale === true,
    capOutliers: capOutliers === true,
  };
}

export const writeLooks = ({
  view,
  tab,
  logScale,
  capOutliers,
}: Looks): Readonly<Record<string, unknown>> => ({
  axis: view.axis,
  smoothing: view.smoothing,
  tab,
  logScale,
  capOutliers,
});
