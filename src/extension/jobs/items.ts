/** What the tree shows of a run, as plain data: rows, their icons, and what can be done with them. */
import type { RunView } from "../../launch/runs.ts";
import type { JobState } from "../../core/run/job.ts";
import { hasEnded } from "../../core/run/status.ts";
import { describe, phaseLine } from "../../core/run/words.ts";
import { count, size } from "../../core/units.ts";
import type { RunFlag } from "../contributions.ts";

export interface Icon {
  readonly name: string;
  readonly colour?: string;
}

export interface Row {
  /** Stable as long as the row means the same thing. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly tooltip?: string;
  readonly icon: Icon;
  readonly flags: readonly RunFlag[];
  readonly children: "none" | "closed" | "open";
  /** Relative to the run folder: what a click reveals. */
  readonly reveals?: string;
}

const ICONS: Readonly<Record<JobState, Icon>> = {
  queued: { name: "clock" },
  starting: { name: "circle-large", colour: "charts.blue" },
  running: { name: "circle-filled", colour: "charts.blue" },
  stopping: { name: "circle-filled", colour: "charts.yellow" },
  succeeded: { name: "pass", colour: "testing.iconPassed" },
  stopped: { name: "circle-slash" },
  interrupted: { name: "debug-disconnect", colour: "charts.yellow" },
  failed: { name: "error", colour: "testing.iconFailed" },
  crashed: { name: "error", colour: "testing.iconFailed" },
  silent: { name: "watch", colour: "charts.yellow" },
  unknown: { name: "question" },
};

export const iconOf = (state: JobState): Icon => ICONS[state];

export function flagsOf({ state, stopRequested, info }: RunView): RunFlag[] {
  const flags: RunFlag[] = ["log"];
  const ended = hasEnded(state);
  if (!ended && state !== "unknown") flags.push(stopRequested ? "stopNow" : "stop");
  if (!ended && !stopRequested && state !== "unknown") flags.push("stopNow");
  if (ended && state !== "succeeded") flags.push("resume");
  if (ended || state === "unknown") flags.push("delete");
  if (info.source !== undefined || info.config !== "") flags.push("config");
  return flags;
}

/** What menus match: "run stop log config". */
export const contextValue = (flags: readonly RunFlag[]): string => ["run", ...flags].join(" ");

/** Runs that are going first, then those with a star, then the others; newest first in each. */
export const inOrder = (views: readonly RunView[]): RunView[] =>
  [...views].sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? 1 : -1));

const rank = ({ state, marks }: RunView): number => (!hasEnded(state) ? 0 : marks.starred ? 1 : 2);

/** "support-triage", "support-triage #2" for the second run of that name, or what a person called it. */
export function labels(views: readonly RunView[]): ReadonlyMap<string, string> {
  const seen = new Map<string, number>();
  const named = new Map<string, string>();
  for (const { folder, info, marks } of [...views].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const nth = (seen.get(info.name) ?? 0) + 1;
    seen.set(info.name, nth);
    named.set(folder, marks.title ?? (nth === 1 ? info.name : `${info.name} #${nth}`));
  }
  return named;
}

/** `now` in Unix seconds. */
export function runRow(view: RunView, label: string, now: number): Row {
  return {
    id: view.folder,
    label,
    description: `${view.marks.starred ? "★ " : ""}${describe(view, now)}`,
    tooltip: tooltip(view, now),
    icon: iconOf(view.state),
    flags: flagsOf(view),
    children: detailRows(view).length === 0 ? "none" : hasEnded(view.state) ? "closed" : "open",
  };
}

function tooltip(view: RunView, now: number): string {
  const { job, info } = view;
  const why =
    job.error === null ? [] : [job.error.message, ...(job.error.hint === undefined ? [] : [job.error.hint])];
  return [`${info.name}: ${view.state}`, describe(view, now), ...why, view.id].join("\n");
}

export function detailRows(view: RunView): Row[] {
  const { job, folder } = view;
  const row = (key: string, rest: Pick<Row, "label" | "icon"> & Partial<Row>): Row => ({
    id: `${folder}#${key}`,
    description: "",
    flags: [],
    children: "none",
    ...rest,
  });
  const phase = hasEnded(view.state) ? null : phaseLine(job);
  const rows: Row[] = [];
  if (phase !== null) {
    rows.push(row("phase", { label: phase.label, description: phase.description, icon: { name: "pulse" } }));
  }
  if (job.error !== null && job.finished?.status === "failed") {
    const { message, hint, path } = job.error;
    rows.push(
      row("error", {
        label: hint ?? message,
        description: path ?? "",
        tooltip: message,
        icon: { name: "lightbulb" },
      }),
    );
  }
  for (const { kind, path, bytes } of job.artifacts) {
    rows.push(
      row(`artifact:${path}`, {
        label: kind,
        description: size(bytes),
        icon: { name: "package" },
        reveals: path,
      }),
    );
  }
  if (job.checkpoints.length > 0) {
    rows.push(
      row("checkpoints", {
        label: `Checkpoints (${job.checkpoints.length})`,
        description: `step ${count(job.checkpoints.at(-1)?.step ?? 0)}`,
        icon: { name: "milestone" },
        children: "closed",
      }),
    );
  }
  return rows;
}

export function checkpointRows({ job, folder }: RunView): Row[] {
  return job.checkpoints.toReversed().map(({ step, path, bytes }) => ({
    id: `${folder}#${path}`,
    label: `step ${count(step)}`,
    description: size(bytes),
    icon: { name: "git-commit" },
    flags: [],
    children: "none",
    reveals: path,
  }));
}
