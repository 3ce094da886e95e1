/**
 * Is the process of an attempt still there? A number is judged only where it means something: on the
 * same machine, since the same boot, in the same process namespace, and never without its start time,
 * because numbers are used again.
 */
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import type { Liveness } from "../core/run/job.ts";
import type { Remote } from "../core/run/remote.ts";
import { processStart, sameStart } from "./process-start.ts";
import type { AttemptRecord } from "./run-files.ts";

export interface HostIdentity {
  readonly host: string;
  /** Linux only, else null. */
  readonly bootId: string | null;
  readonly pidNamespace: string | null;
}

export async function hostIdentity(): Promise<HostIdentity> {
  const host = hostname();
  if (process.platform !== "linux") return { host, bootId: null, pidNamespace: null };
  const [bootId, pidNamespace] = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8").then(
      (text) => text.trim(),
      () => null,
    ),
    readlink("/proc/self/ns/pid").catch(() => null),
  ]);
  return { host, bootId, pidNamespace };
}

/** How long an interpreter may take to say who it is: slow disks, network home folders. */
export const REGISTRATION_GRACE_MS = 90_000;

export interface Judgement {
  readonly me: HostIdentity;
  /** Unix milliseconds. */
  readonly now: number;
  readonly startOf: (pid: number) => Promise<string | null>;
}

export const judgeHere = async (): Promise<Judgement> => ({
  me: await hostIdentity(),
  now: Date.now(),
  startOf: (pid) => processStart(pid),
});

/** `remote`: what the pump of a run on Modal knows; null before there is one. */
export async function judge(
  record: AttemptRecord,
  { me, now, startOf }: Judgement,
  remote: Remote | null = null,
): Promise<Liveness> {
  if (record.failed !== undefined) return { kind: "gone" };
  if (record.target === "modal") return judgeRemote(record, remote, now);
  if (record.pid === undefined || record.pid === null) return beingStarted(record, now);
  // Another boot with the same host name may be a restart or another machine on a shared folder: both are
  // "elsewhere", and the age of the news tells the rest.
  const sameHost = record.host === me.host && (record.boot_id ?? null) === me.bootId;
  if (!sameHost || (record.pid_namespace ?? null) !== me.pidNamespace) {
    const restarted = record.host === me.host && (record.boot_id ?? null) !== me.bootId;
    return { kind: "elsewhere", host: record.host ?? "another machine", ...(restarted ? { restarted } : {}) };
  }
  const start = await startOf(record.pid);
  const same = start !== null && typeof record.pid_start === "string" && sameStart(start, record.pid_start);
  return { kind: same ? "alive" : "gone" };
}

function beingStarted(record: AttemptRecord, now: number): Liveness {
  const age = Math.abs(now - Date.parse(record.created)); // a clock may have been set back
  return Number.isNaN(age) || age > REGISTRATION_GRACE_MS ? { kind: "gone" } : { kind: "waiting" };
}

/** No process of ours is the run: only its pump says when it is over, and silence of the pump is no end. */
function judgeRemote(record: AttemptRecord, remote: Remote | null, now: number): Liveness {
  if (remote === null || remote.attempt < record.attempt) return beingStarted(record, now);
  if (remote.attempt > record.attempt || remote.stage === "ended") return { kind: "gone" };
  return { kind: "alive" };
}
