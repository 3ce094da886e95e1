/** The queue as its tickets show it: who holds a device, who waits, and in which order. The trainers take their turns. */
import { readdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import * as z from "zod";
import { isMissing, readJson } from "./json-file.ts";
import { LaunchError } from "./launcher.ts";

const ticketSchema = z.looseObject({
  token: z.string(),
  /** Run folder. */
  run: z.string(),
  attempt: z.int(),
  state: z.enum(["waiting", "holding"]),
  /** GPU UUIDs, or "cpu". */
  devices: z.array(z.string()),
  /** All of them at once, else any one. */
  all: z.boolean(),
});

export type Ticket = z.infer<typeof ticketSchema> & { readonly path: string };

export const queueFolder = (dataFolder: string): string => join(dataFolder, "queue");

/** In the order of the queue. Torn and foreign files are no tickets. */
export async function readQueue(dataFolder: string): Promise<Ticket[]> {
  const folder = queueFolder(dataFolder);
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const read = names
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map(async (name): Promise<Ticket[]> => {
      const path = join(folder, name);
      const ticket = await readJson(path, ticketSchema);
      return ticket === null ? [] : [{ ...ticket, path }];
    });
  return (await Promise.all(read)).flat();
}

/** Name of a ticket: `<priority>-<nanoseconds>-<run>.json`; the order of the names is the order of the queue. */
const NAME = /^(\d+)-(\d+)-(.*)\.json$/;

interface Place {
  readonly priority: bigint;
  readonly time: bigint;
  readonly run: string;
}

function placeOf(name: string): Place {
  const [, priority, time, run] = NAME.exec(name) ?? [];
  if (priority === undefined || time === undefined || run === undefined)
    throw new Error(`no ticket: ${name}`);
  return { priority: BigInt(priority), time: BigInt(time), run };
}

/** Room for others that will be moved to the front later. Nanoseconds. */
const STEP = 1_000_000_000n;

/** The name with which `moved` sorts before `other`, and after `previous` when there is one. */
export function nameBefore(moved: string, other: string, previous?: string): string {
  const { run } = placeOf(moved);
  const at = placeOf(other);
  const before = previous === undefined ? null : placeOf(previous);
  const near = before !== null && before.priority === at.priority;
  const time = near ? (before.time + at.time) / 2n : at.time - STEP;
  const digits = NAME.exec(other)?.[2]?.length ?? 0;
  return `${at.priority}-${String(time).padStart(digits, "0")}-${run}.json`;
}

const nameOf = (ticket: Ticket): string => basename(ticket.path);

/** Moves a waiting run before all that wait, or before one of them. Rejects when it does not wait any more. */
export async function moveAhead(dataFolder: string, run: string, before?: string): Promise<void> {
  const waiting = (await readQueue(dataFolder)).filter(({ state }) => state === "waiting");
  const moved = waiting.find((ticket) => isOf(ticket, run));
  const other = before === undefined ? waiting[0] : waiting.find((ticket) => isOf(ticket, before));
  if (moved === undefined || other === undefined)
    throw notWaiting(moved === undefined ? run : (before ?? run));
  if (moved === other) return;
  const rest = waiting.filter((ticket) => ticket !== moved);
  const previous = rest[rest.indexOf(other) - 1];
  const name = nameBefore(nameOf(moved), nameOf(other), previous && nameOf(previous));
  try {
    await rename(moved.path, join(queueFolder(dataFolder), name));
  } catch (error) {
    // Its turn came, or it was stopped, between the look and the move.
    if (isMissing(error)) throw notWaiting(run);
    throw error;
  }
}

/** One place to the front (-1) or to the back (1) among those that wait; at the end of the line it stays. */
export async function moveBy(dataFolder: string, run: string, places: -1 | 1): Promise<void> {
  const waiting = await waitingRuns(dataFolder);
  const at = waiting.indexOf(basename(run));
  if (at === -1) throw notWaiting(run);
  const other = waiting[at + places];
  if (other === undefined) return;
  // To move back is to let the next one pass.
  await (places === -1 ? moveAhead(dataFolder, run, other) : moveAhead(dataFolder, other, run));
}

/** Ids of the runs that wait, in their order. */
export const waitingRuns = async (dataFolder: string): Promise<string[]> =>
  (await readQueue(dataFolder)).flatMap(({ state, run }) => (state === "waiting" ? [basename(run)] : []));

/** By the id: a trainer knows its folder by the real path, a window by the one that was opened. */
const isOf = (ticket: Ticket, run: string): boolean => basename(ticket.run) === basename(run);

const notWaiting = (run: string): LaunchError =>
  new LaunchError("not-waiting", `${basename(run)} does not wait any more.`, "Look at the runs again.", run);
