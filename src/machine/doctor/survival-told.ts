/** What would end a run together with its window, said once before the first run of a machine. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "./finding.ts";
import { lookAround, survival } from "./survival.ts";

const MARK = "survival-told";

/** Empty when nothing threatens a run, or when it was said before, in whatever window or terminal. */
export async function untoldSurvival(
  data: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Finding[]> {
  const findings = survival(await lookAround(env));
  if (findings.length === 0) return [];
  await mkdir(data, { recursive: true });
  try {
    await writeFile(join(data, MARK), "", { flag: "wx" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return [];
    throw error;
  }
  return findings;
}
