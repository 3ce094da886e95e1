/** A run on Modal in words: what it waits for, whether anybody is in contact with it, what it has cost. */
import { inEnglish, type Say } from "../say.ts";
import { count, duration, size } from "../units.ts";
import type { JobState } from "./job.ts";
import type { Remote } from "./remote.ts";
import { dollarsSoFar, isDisconnected } from "./remote-state.ts";

/** Said in front of the step; null: the events say it all. `now` Unix seconds. */
export function remoteText(
  remote: Remote,
  state: JobState,
  now: number,
  say: Say = inEnglish,
): string | null {
  if (remote.stage === "ended" || state === "failed" || state === "crashed") return null;
  if (isDisconnected(remote, now)) return disconnected(remote, say);
  switch (remote.stage) {
    case "uploading":
    case "downloading":
      return joined([say(remote.stage), amount(remote, say)]);
    case "building":
      return joined([say("building the image"), remote.detail]);
    case "waiting":
      return joined([
        say("waiting for {0} on Modal", withArticle(remote.gpu, say)),
        duration(now - remote.since),
      ]);
    case "starting":
      return say("starting on Modal");
    case "exporting":
      return joined([say("exporting on Modal"), remote.detail]);
    case "recovering":
      return remote.detail ?? say("going on in the next attempt");
    case "stopping":
      return remote.problem === null ? say("stopping") : firstSentence(remote.problem.message);
    case "running":
      return null;
  }
}

/** "$0.42 so far (prices of 2026-09-18)"; null without a price, or before anything is paid. */
export function costText(remote: Remote, now: number, say: Say = inEnglish): string | null {
  const dollars = dollarsSoFar(remote, now);
  if (dollars === null || remote.rate === null || remote.paid.length === 0) return null;
  const { date } = remote.rate;
  const when = date === "live" ? say("your workspace's prices") : say("prices of {0}", date);
  const paid = `$${dollars.toFixed(2)}`;
  return remote.stage === "ended" ? `${paid} (${when})` : say("{0} so far ({1})", paid, when);
}

/** "$0.42"; null before anything is paid. */
export function paidText(remote: Remote | null | undefined, now: number): string | null {
  const dollars = remote == null || remote.paid.length === 0 ? null : dollarsSoFar(remote, now);
  return dollars === null ? null : `$${dollars.toFixed(2)}`;
}

function disconnected({ stage, sandbox, contact }: Remote, say: Say): string {
  if (sandbox === null && (stage === "uploading" || stage === "building")) {
    return contact.ok ? say("nothing is working on the start") : say("not connected, trying again");
  }
  return stage === "waiting"
    ? say("not connected, the run goes on waiting for its GPU")
    : say("not connected, the run continues");
}

function amount({ progress, detail }: Remote, say: Say): string | null {
  if (progress === null) return detail;
  const { done, total, unit } = progress;
  const of = unit === "bytes" ? size : count;
  return total === null ? of(done) : say("{0} of {1}", of(done), of(total));
}

const withArticle = (gpu: string | null, say: Say): string =>
  gpu === null ? say("a machine") : `${/^[AEFHILMNORSX]/.test(gpu) ? "an" : "a"} ${gpu}`;

export const firstSentence = (text: string): string =>
  /^.*?[.!?](?=\s|$)/s.exec(text)?.[0].replace(/\.$/, "") ?? text;

const joined = (parts: readonly (string | null | undefined)[]): string =>
  parts.filter((part) => part !== null && part !== undefined && part !== "").join(" · ");
