/** What the files of a run say, read without any code of the product. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";

export interface EventLine {
  readonly attempt: number;
  readonly seq: number;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Absolute folders of the runs below a workspace, oldest first. */
export function runsIn(workspace: string): string[] {
  const folder = path.join(workspace, ".finetune", "runs");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .toSorted()
    .map((name) => path.join(folder, name));
}

/** The whole lines of events.jsonl. */
export function events(run: string): EventLine[] {
  const file = path.join(run, "events.jsonl");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line): EventLine => JSON.parse(line));
}

export const ofType = (run: string, type: string): EventLine[] =>
  events(run).filter((event) => event.type === type);

export const newestStep = (run: string): number => Number(ofType(run, "step").at(-1)?.["step"] ?? 0);

export const finished = (run: string, attempt: number): EventLine | undefined =>
  ofType(run, "finished").find((event) => event.attempt === attempt);

/** No event is missing, none is there twice: each attempt counts 0, 1, 2 … */
export function expectNothingLost(run: string): void {
  const all = events(run);
  expect(all).not.toEqual([]);
  for (const attempt of new Set(all.map((event) => event.attempt))) {
    const numbers = all.filter((event) => event.attempt === attempt).map(({ seq }) => seq);
    expect(numbers, `attempt ${attempt}`).toEqual(numbers.map((_, index) => index));
  }
}

/** Steps with their losses as a reader must see them: of a resumed run, no step after its checkpoint twice. */
export function curve(run: string): { step: number; loss: number | null }[] {
  let points: { step: number; loss: number | null }[] = [];
  for (const event of events(run)) {
    const from = event["resumed_from"] as { step: number } | null | undefined; // only `started` has it
    if (event.type === "started" && from) points = points.filter(({ step }) => step <= from.step);
    if (event.type === "step")
      points.push({
        step: Number(event["step"]),
        loss: event["loss"] === null ? null : Number(event["loss"]),
      });
  }
  return points;
}
