// The one package that goes to every registry.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { run } from "./run.mjs";
import { projectRoot } from "./places.mjs";

/**
 * Packages dist/, which must be built, into `folder`.
 *
 * @param {string} folder
 * @returns {Promise<{file: string, bytes: number}>}
 */
export async function packageVsix(folder) {
  const { name, version } = JSON.parse(readFileSync(path.join(projectRoot, "package.json"), "utf8"));
  const file = path.join(folder, `${name}-${version}.vsix`);
  mkdirSync(folder, { recursive: true });
  await run(process.execPath, [vsce(), "package", "--no-dependencies", ...LINKS, "--out", file], {
    cwd: projectRoot,
  });
  return { file, bytes: statSync(file).size };
}

/**
 * The files that the package would hold, relative to the project.
 *
 * @returns {Promise<string[]>}
 */
export async function vsixFiles() {
  const output = await run(process.execPath, [vsce(), "ls", "--no-dependencies"], { cwd: projectRoot });
  return output.split("\n").filter((line) => line !== "" && !line.startsWith(" "));
}

// Pictures of the README are not in the package, and there is no address yet that they could be fetched from.
const LINKS = ["--no-rewrite-relative-links"];

function vsce() {
  const resolve = createRequire(import.meta.url).resolve;
  return path.join(path.dirname(resolve("@vscode/vsce/package.json")), "vsce");
}
