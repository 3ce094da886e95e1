/** `stop.<n>` as a pump reads it: the file asks for the next step, the word "now" in it asks for at once. */
import { readFile, writeFile } from "node:fs/promises";
import { isMissing } from "../json-file.ts";
import { telling } from "../launch-failure.ts";
import { stopFile } from "../run-files.ts";

export type StopWish = "graceful" | "now";

/** A stop that is wished for now is never weakened by a later one. */
export async function wishStop(folder: string, attempt: number, how: StopWish): Promise<void> {
  if (how === "graceful" && (await stopWish(folder, attempt)) !== null) return;
  await telling(folder, () => writeFile(stopFile(folder, attempt), how === "now" ? "now" : ""));
}

/** null: nobody asked. */
export async function stopWish(folder: string, attempt: number): Promise<StopWish | null> {
  try {
    const text = await readFile(stopFile(folder, attempt), "utf8");
    return text.trim() === "now" ? "now" : "graceful";
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
