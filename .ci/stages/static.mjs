// What can be said about the sources without running them.
import { existsSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "../setup/places.mjs";
import { run } from "../setup/run.mjs";
import { check, script } from "./tools.mjs";
import { sum } from "./counts.mjs";

const PROJECTS = ["pure", "node", "browser", "webview", "tools"];

export async function types() {
  const tsc = script("typescript", "tsc");
  const results = [];
  for (const project of PROJECTS) results.push(await check(project, [tsc, "-p", `tsconfig.${project}.json`]));
  return sum(results);
}

export const lint = () => check("oxlint", [script("oxlint"), "--type-aware", "--deny-warnings"]);

/** Only files of the project: a checkout may hold others that git does not know. */
export async function format() {
  const files = (await run("git", ["ls-files", "-z"], { cwd: projectRoot })).split("\0").filter(Boolean);
  const present = files.filter((file) => existsSync(path.join(projectRoot, file)));
  const options = ["--check", "--log-level", "warn", "--ignore-unknown"];
  return check("prettier", [script("prettier"), ...options, ...present]);
}

export const unused = () => check("knip", [script("knip"), "--no-progress"]);
