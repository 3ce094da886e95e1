/** What follows, at a moment, from what a pump has written. Apart from the schema: a list that shows it checks nothing. */
import type { Remote } from "./remote.ts";

/** A pump writes every few seconds; after this long without a word there is none. Seconds. */
export const PUMP_SILENT = 60;

/** Nothing is in contact with the run: its own pump says so, or there is no pump. `now` Unix seconds. */
export const isDisconnected = (remote: Remote, now: number): boolean =>
  remote.stage !== "ended" && (!remote.contact.ok || now - remote.written > PUMP_SILENT);

/** Dollars paid so far, over all attempts; null without a price. `now` Unix seconds. */
export function dollarsSoFar(remote: Remote, now: number): number | null {
  let dollars = 0;
  for (const { from, to, rate } of remote.paid) {
    const each = rate ?? remote.rate?.dollars;
    if (each === undefined) return null;
    dollars += Math.max(0, (to ?? now) - from) * each;
  }
  return remote.rate === null && remote.paid.length === 0 ? null : dollars;
}
