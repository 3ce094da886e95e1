/** What the tree shows of a run, as plain data: rows, their icons, and what can be done with them. */
import { largeParts, type DiskUse } from "../../launch/disk-use.ts";
import type { RunView } from "../../launch/runs.ts";
import type { JobState } from "../../core/run/job.ts";
import { hasEnded, wasWaiting } from "../../core/run/status.ts";
import { estimateLine } from "../../core/run/estimate-words.ts";
import { placeOfProblem, remoteEnd } from "../../core/run/remote-failure.ts";
import { paidText } from "../../core/run/remote-words.ts";
import { describe, phaseLine, stateWord } from "../../core/run/words.ts";
import { inEnglish, type Say } from "../../core/say.ts";
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

export function flagsOf({ state, stopRequested, info, job, liveness }: RunView): RunFlag[] {
  const flags: RunFlag[] = ["log"];
  const ended = hasEnded(state);
  if (!ended && state !== "unknown") flags.push(stopRequested ? "stopNow" : "stop");
  if (!ended && !stopRequested && state !== "unknown") flags.push("stopNow");
  if (!ended && state !== "unknown" && info.target === "local") flags.push("after");
  // On Modal no ticket of this machine waits: it is cancelled by its stop.
  if (state === "queued" && info.target === "local") flags.push("waiting");
  // Lost with a restart of this machine: nobody works on it, although nobody can prove it.
  const restarted = state === "unknown" && liveness.kind === "elsewhere" && liveness.restarted === true;
  if (wasWaiting(job, state)) flags.push("queueAgain");
  else if ((ended && state !== "succeeded") || restarted) flags.push("resume");
  if (ended) flags.push("again");
  if (ended && job.checkpoints.length > 1) flags.push("checkpoints");
  if (ended && job.checkpoints.length + job.artifacts.length > 0) flags.push("model");
  if (ended || state === "unknown") flags.push("delete");
  if (info.source !== undefined || info.config !== "") flags.push("config");
  return flags;
}

/** What menus match: "run stop log config". */
export const contextValue = (flags: readonly RunFlag[]): string => ["run", ...flags].join(" ");

/** Id of a run → its place among those that wait, from 0. */
export type Places = ReadonlyMap<string, number>;

/**
 * Runs that are going first, then those that wait, in the order of the queue, then those with a star, then
 * the others; newest first in each.
 */
export const inOrder = (views: readonly RunView[], places: Places = new Map()): RunView[] =>
  [...views].sort(
    (a, b) => rank(a, places) - rank(b, places) || placeOf(a, b, places) || (a.id < b.id ? 1 : -1),
  );

const rank = ({ state, id, marks }: RunView, places: Places): number =>
  hasEnded(state) ? (marks.starred ? 2 : 3) : state === "queued" && places.has(id) ? 1 : 0;

const placeOf = (a: RunView, b: RunView, places: Places): number =>
  a.state === "queued" && b.state === "queued" ? (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0) : 0;

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
export function runRow(view: RunView, label: string, now: number, say: Say = inEnglish): Row {
  return {
    id: view.folder,
    label,
    description: `${view.marks.starred ? "★ " : ""}${moving(view, now, say)}`,
    tooltip: tooltip(view, now, say),
    icon: iconOf(view.state),
    flags: flagsOf(view),
    children: detailRows(view, say).length === 0 ? "none" : hasEnded(view.state) ? "closed" : "open",
  };
}

/** What goes on, and what it has cost so far. */
const moving = (view: RunView, now: number, say: Say): string =>
  [describe(view, now, say), paidText(view.remote, now)].filter((part) => part !== null).join(" · ");

function tooltip(view: RunView, now: number, say: Say): string {
  const { job, info } = view;
  const ended = remoteEnd(view.remote);
  const why =
    job.error === null
      ? ended === null
        ? []
        : [ended.message, ended.hint]
      : [job.error.message, ...(job.error.hint === undefined ? [] : [job.error.hint])];
  const estimate = estimateLine(info.estimate, say);
  return [
    `${info.name}: ${stateWord(view.state, say)}`,
    describe(view, now, say),
    ...(estimate === null ? [] : [estimate]),
    ...why,
    view.id,
  ].join("\n");
}

export function detailRows(view: RunView, say: Say = inEnglish): Row[] {
  const { job, folder } = view;
  const row = (key: string, rest: Pick<Row, "label" | "icon"> & Partial<Row>): Row => ({
    id: `${folder}#${key}`,
    description: "",
    flags: [],
    children: "none",
    ...rest,
  });
  const phase = hasEnded(view.state) ? null : phaseLine(job, say);
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
  const ended = job.error === null ? remoteEnd(view.remote) : null;
  if (ended !== null) {
    rows.push(
      row("error", {
        label: ended.hint,
        description: placeOfProblem(ended) ?? "",
        tooltip: ended.message,
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
        label: say("Checkpoints ({0})", job.checkpoints.length),
        description: say("step {0}", count(job.checkpoints.at(-1)?.step ?? 0)),
        icon: { name: "milestone" },
        children: "closed",
      }),
    );
  }
  return rows;
}

export function checkpointRows({ job, folder }: RunView, say: Say = inEnglish): Row[] {
  return job.checkpoints.toReversed().map(({ step, path, bytes }) => ({
    id: `${folder}#${path}`,
    label: say("step {0}", count(step)),
    description: size(bytes),
    icon: { name: "git-commit" },
    flags: [],
    children: "none",
    reveals: path,
  }));
}

/** "1.2 GB on disk: checkpoints 800 MB, adapter 80 MB". */
export function diskText(use: DiskUse): string {
  const parts = largeParts(use).map(([name, bytes]) => `${name} ${size(bytes)}`);
  return `${size(use.total)} on disk${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}
