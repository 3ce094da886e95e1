/** The phases of a run, in the order in which they come. Apart from the events: readers of logs check no schema. */
export const PHASES = [
  "queued",
  "import",
  "download",
  "load",
  "prepare",
  "train",
  "evaluate",
  "save",
  "export",
] as const;
export type PhaseName = (typeof PHASES)[number];
