// Commands of the tools in node_modules, and a check that is one of them.
import { createRequire } from "node:module";
import path from "node:path";
import { attempt } from "../setup/run.mjs";
import { projectRoot } from "../setup/places.mjs";
import { one } from "./counts.mjs";

/**
 * The script behind a command of a package.
 *
 * @param {string} packageName
 * @param {string} [command] when it differs from the package's name
 */
export function script(packageName, command = packageName) {
  const resolve = createRequire(path.join(projectRoot, "package.json")).resolve;
  // Packages that hide their package.json are found by their place.
  const folder = path.join(projectRoot, "node_modules", packageName);
  const { bin } = createRequire(import.meta.url)(path.join(folder, "package.json"));
  return resolve(path.join(folder, typeof bin === "string" ? bin : bin[command]));
}

/**
 * Runs a tool with its output shown; it passes when it exits with 0.
 *
 * @param {string} label what is checked
 * @param {readonly string[]} command script and arguments for Node
 */
export async function check(label, command) {
  console.log(`· ${label}`);
  const { code } = await attempt(process.execPath, command, { cwd: projectRoot, show: true });
  return one(code === 0);
}
