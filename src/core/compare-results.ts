/** What came out of several runs, side by side. The page only shows it, so it is worked out by the host. */
import type { ComparedRow } from "./compare.ts";
import { isNews } from "./run/curves.ts";
import type { Job, JobState } from "./run/job.ts";
import type { Remote } from "./run/remote.ts";
import { dollarsSoFar } from "./run/remote-state.ts";
import { deviceName, stateWord, usedMemory } from "./run/words.ts";
import { inEnglish, type Say } from "./say.ts";
import { count, duration, metric, size } from "./units.ts";

/** What the results are read from; a `RunView` of the launcher fits. */
export interface Outcome {
  readonly job: Job;
  readonly state: JobState;
  readonly remote: Remote | null;
}

type Figure = readonly [
  label: string,
  read: (run: Outcome) => number | null,
  format: (value: number) => string,
];

const dollars = (value: number): string => `$${value.toFixed(2)}`;

/** `now` in Unix seconds. */
const figures = (now: number): readonly Figure[] => [
  ["Last loss", ({ job }) => job.loss, metric],
  ["Lowest loss", ({ job }) => lowest(job.points.map(({ loss }) => loss)), metric],
  ["Best evaluation", ({ job }) => lowest(job.evals.map(({ loss }) => loss)), metric],
  ["Last evaluation", ({ job }) => job.evals.at(-1)?.loss ?? null, metric],
  ["Steps", ({ job }) => job.step, count],
  ["Time", ({ job }) => job.finished?.seconds ?? null, duration],
  ["Cost", ({ remote }) => (remote === null ? null : dollarsSoFar(remote, now)), dollars],
  ["Tokens", ({ job }) => job.points.at(-1)?.tokensTotal ?? null, count],
  ["Tokens per second", ({ job }) => averageSpeed(job), count],
  ["Peak memory", ({ job }) => job.finished?.peaks["peak_used"] ?? usedMemory(job), size],
  ["Trained parameters", ({ job }) => job.model?.trainable_parameters ?? null, count],
];

/** What came out of each; rows that no run can fill are left out. Metrics of a method bear its own names. */
export function results(runs: readonly Outcome[], now: number, say: Say = inEnglish): ComparedRow[] {
  const words: readonly ComparedRow[] = [
    { label: say("State"), values: runs.map(({ state }) => stateWord(state, say)) },
    { label: say("Device"), values: runs.map(({ job }) => deviceName(job)) },
  ];
  const names = new Set(
    runs.flatMap(({ job }) => Object.keys(job.points.at(-1)?.metrics ?? {}).filter(isNews)),
  );
  const own = [...names].toSorted().map((name): Figure => {
    const last = ({ job }: Outcome): number | null => job.points.at(-1)?.metrics[name] ?? null;
    return [name, last, metric];
  });
  const rows = [...figures(now), ...own].map(([label, read, format]) => {
    const numbers = runs.map(read);
    const values = numbers.map((value) => (value === null ? null : format(value)));
    return { label: say(label), numbers, values };
  });
  return [...words, ...rows].filter(({ values }) => values.some((value) => value !== null));
}

const lowest = (values: readonly (number | null)[]): number | null =>
  values.reduce((least, value) => (value === null ? least : Math.min(least ?? value, value)), null);

/** Over the whole run, the first step with its compilation included. */
function averageSpeed({ points }: Job): number | null {
  let tokens = 0;
  let seconds = 0;
  let before = 0;
  for (const point of points) {
    tokens += point.tokens;
    seconds += point.seconds * Math.max(1, point.step - before);
    before = point.step;
  }
  return seconds === 0 ? null : tokens / seconds;
}
