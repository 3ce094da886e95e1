/** Which runs the list shows and in which order. Pure; runs that are going always stand first. */
import type { JobState } from "../../core/run/job.ts";
import { hasEnded } from "../../core/run/status.ts";
import type { RunView } from "../../launch/runs.ts";
import { inOrder, type Places } from "./items.ts";

export const SORTS = ["newest", "name", "loss", "duration"] as const;
export type Sort = (typeof SORTS)[number];

export const KINDS = ["all", "going", "succeeded", "failed", "starred"] as const;
export type Kind = (typeof KINDS)[number];

export interface Arrangement {
  readonly sort: Sort;
  readonly kind: Kind;
  /** Part of the name or the id, without regard to case; empty: any. */
  readonly text: string;
}

export const AS_THEY_ARE: Arrangement = { sort: "newest", kind: "all", text: "" };

/** Kept by this or an earlier version, so every part is looked at. */
export function readArrangement(kept: unknown): Arrangement {
  if (typeof kept !== "object" || kept === null) return AS_THEY_ARE;
  const { sort, kind, text }: Partial<Record<keyof Arrangement, unknown>> = kept;
  return {
    sort: SORTS.find((one) => one === sort) ?? "newest",
    kind: KINDS.find((one) => one === kind) ?? "all",
    text: typeof text === "string" ? text : "",
  };
}

export const isFiltered = ({ kind, text }: Arrangement): boolean => kind !== "all" || text !== "";

/** `names`: what the list calls each run, by folder. */
export function arranged(
  views: readonly RunView[],
  names: ReadonlyMap<string, string>,
  arrangement: Arrangement,
  places: Places,
): RunView[] {
  const nameOf = ({ folder, info }: RunView): string => names.get(folder) ?? info.name;
  const wanted = arrangement.text.toLowerCase();
  const fitting = views.filter(
    (view) =>
      isOfKind(view, arrangement.kind) &&
      (wanted === "" || `${nameOf(view)}\n${view.id}`.toLowerCase().includes(wanted)),
  );
  const listed = inOrder(fitting, places);
  if (arrangement.sort === "newest") return listed;
  const going = listed.filter(({ state }) => !hasEnded(state));
  const ended = listed.filter(({ state }) => hasEnded(state));
  return [...going, ...sorted(ended, arrangement.sort, nameOf)];
}

const BAD: ReadonlySet<JobState> = new Set([
  "failed",
  "crashed",
  "interrupted",
  "unknown",
] satisfies JobState[]);

function isOfKind({ state, marks }: RunView, kind: Kind): boolean {
  switch (kind) {
    case "all":
      return true;
    case "going":
      return !hasEnded(state) && state !== "unknown";
    case "succeeded":
      return state === "succeeded";
    case "failed":
      return BAD.has(state);
    case "starred":
      return marks.starred;
  }
}

/** Those without the figure come last; what is equal keeps its order. */
function sorted(views: readonly RunView[], sort: Sort, nameOf: (view: RunView) => string): RunView[] {
  if (sort === "name") {
    return views.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b), undefined, { numeric: true }));
  }
  const figure = ({ job }: RunView): number =>
    (sort === "loss" ? job.loss : (job.finished?.seconds ?? null)) ?? Infinity;
  return views.toSorted((a, b) => compare(figure(a), figure(b)));
}

/** Infinity less itself is no number. */
const compare = (a: number, b: number): number => (a === b ? 0 : a - b);
