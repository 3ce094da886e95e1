/** Which runs a person has said may go by themselves. Pure; what deletes them is `delete-run.ts`. */
import { hasEnded } from "../core/run/status.ts";
import type { RunView } from "./runs.ts";

export interface Retention {
  /** Delete what ended this many days ago; 0: never. */
  readonly days: number;
  /** Keep at most so many runs that ended; 0: no limit. */
  readonly runs: number;
  /** Also what was trained and never exported. */
  readonly unexported: boolean;
}

export const keepsAll = ({ days, runs }: Retention): boolean => days <= 0 && runs <= 0;

const DAY = 86_400;

/** Oldest first. `now` in Unix seconds. */
export function expired(views: readonly RunView[], policy: Retention, now: number): RunView[] {
  const ended = views
    .filter(({ state }) => hasEnded(state))
    .toSorted((a, b) => endOf(b) - endOf(a) || (a.id < b.id ? 1 : -1));
  return ended
    .filter((view, index) => {
      const old = policy.days > 0 && now - endOf(view) > policy.days * DAY;
      const beyond = policy.runs > 0 && index >= policy.runs;
      return (old || beyond) && mayGo(view, policy);
    })
    .toReversed();
}

/** Only `succeeded` and its like were finished; what a person starred or still needs stays. */
const mayGo = (view: RunView, { unexported }: Retention): boolean =>
  !view.marks.starred && (unexported || !isUnexported(view));

const RESULTS: ReadonlySet<string> = new Set(["adapter", "model"]);

/** It made something of worth that lies nowhere else. */
function isUnexported({ job }: RunView): boolean {
  const exported = job.artifacts.some(({ kind }) => !RESULTS.has(kind) && kind !== "script");
  return !exported && job.artifacts.some(({ kind }) => RESULTS.has(kind));
}

/** Unix seconds; what never said anything ended when it was made. */
const endOf = ({ job, info }: RunView): number => job.lastT ?? Date.parse(info.created) / 1000;
