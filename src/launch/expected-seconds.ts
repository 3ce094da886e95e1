/** Seconds that a run was expected to take, by the estimate that is kept with it; null: not known. */
export function secondsOf(estimate: Readonly<Record<string, unknown>> | null): number | null {
  const seconds = estimate?.["seconds"];
  return typeof seconds === "number" ? seconds : null;
}
