/** Said once before the first run of a machine: what would end it together with its window. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lookAround, survival } from "../machine/doctor/survival.ts";
import { places } from "./site.ts";
import type { Io } from "./verb.ts";

const MARK = "survival-told";

/** Lines to print; empty when nothing threatens a run, or when it was said before. */
export async function survivalNotice(io: Io): Promise<string[]> {
  const findings = survival(await lookAround(io.env));
  if (findings.length === 0) return [];
  const { data } = places(io);
  await mkdir(data, { recursive: true });
  try {
    await writeFile(join(data, MARK), "", { flag: "wx" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return [];
    throw error;
  }
  return findings.map(({ message, fix }) => `note: ${message} ${fix ?? ""}`);
}
