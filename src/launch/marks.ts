/** What a person noted about a run: a name of their own, a star. Nothing that runs depends on it. */
import { utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { readJson, writeJson } from "./json-file.ts";
import { telling } from "./launch-failure.ts";

export interface Marks {
  /** null: the run is called as its config says. */
  readonly title: string | null;
  readonly starred: boolean;
}

const marksSchema = z.looseObject({
  version: z.literal(1),
  title: z.string().nullable(),
  starred: z.boolean(),
});

export const marksFile = (folder: string): string => join(folder, "marks.json");

/** Missing or unreadable marks are no marks: they are not worth an error. */
export async function readMarks(folder: string): Promise<Marks> {
  const marks = await readJson(marksFile(folder), marksSchema);
  const title = marks?.title?.trim() ?? "";
  return { title: title === "" ? null : title, starred: marks?.starred ?? false };
}

export async function writeMarks(folder: string, marks: Marks): Promise<void> {
  await telling(folder, () => writeJson(marksFile(folder), { version: 1, ...marks }));
  // Who watches runs that have ended looks at their common folder only.
  const now = new Date();
  await utimes(dirname(folder), now, now);
}
