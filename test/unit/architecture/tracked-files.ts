import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "./scratch-checkout.ts";

/** Files that belong to the project, relative to it: what git tracks or would add. */
export function projectFiles(): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const listed = execFileSync("git", args, { cwd: projectRoot, encoding: "utf8" }).split("\0");
  return listed.filter((file) => file !== "" && existsSync(path.join(projectRoot, file)));
}

export const readProjectFile = (file: string): string => readFileSync(path.join(projectRoot, file), "utf8");
