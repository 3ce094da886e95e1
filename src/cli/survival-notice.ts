/** Said once before the first run of a machine: what would end it together with its window. */
import { untoldSurvival } from "../machine/doctor/survival-told.ts";
import { places } from "./site.ts";
import type { Io } from "./verb.ts";

/** Lines to print; empty when nothing threatens a run, or when it was said before. */
export async function survivalNotice(io: Io): Promise<string[]> {
  const findings = await untoldSurvival(places(io).data, io.env);
  return findings.map(({ message, fix }) => `note: ${message} ${fix ?? ""}`);
}
