/** What arrived in a run folder, as it lies there. */
import { readFile } from "node:fs/promises";
import { eventsFile, outputFile } from "../../src/launch/run-files.ts";

/** "attempt.seq" of every line. */
export const eventNumbers = async (folder: string): Promise<string[]> =>
  (await readFile(eventsFile(folder), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { attempt, seq } = JSON.parse(line) as { attempt: number; seq: number };
      return `${attempt}.${seq}`;
    });

/** The "step n" lines of a log. */
export const stepsOf = async (folder: string, attempt: number): Promise<number[]> =>
  (await readFile(outputFile(folder, attempt), "utf8"))
    .split("\n")
    .flatMap((line) => /^step (\d+)$/.exec(line)?.[1] ?? [])
    .map(Number);
