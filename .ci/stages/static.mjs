// What can be said about the sources without running them.
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

export const format = () => check("prettier", [script("prettier"), "--check", "--log-level", "warn", "."]);

export const unused = () => check("knip", [script("knip"), "--no-progress"]);
