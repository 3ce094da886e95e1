// The licences of what the bundles carry: they ask to go along with every copy.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * The packages whose files went into a build, by name.
 *
 * @param {string} root folder of the project
 * @param {readonly import("esbuild").Metafile[]} builds
 * @returns {{name: string, version: string, licence: string, text: string}[]}
 */
export function bundledPackages(root, builds) {
  const folders = new Set();
  for (const { outputs } of builds)
    for (const { inputs } of Object.values(outputs))
      for (const input of Object.keys(inputs)) {
        const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
        if (folder !== undefined) folders.add(folder);
      }
  return [...folders]
    .map((folder) => describe(path.join(root, folder), path.join(root, "LICENSE")))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * A package under Apache-2.0 that brings no text of its licence gets ours, which is the same.
 *
 * @param {string} folder
 * @param {string} apache
 */
function describe(folder, apache) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  const own = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const file = own === undefined ? (license === "Apache-2.0" ? apache : null) : path.join(folder, own);
  return {
    name,
    version,
    licence: license,
    text: file === null ? "" : readFileSync(file, "utf8").trim(),
  };
}

/**
 * One text with all of them.
 *
 * @param {ReturnType<typeof bundledPackages>} packages
 */
export function noticesText(packages) {
  const parts = packages.map(
    ({ name, version, licence, text }) => `${name} ${version} (${licence})\n\n${text}\n`,
  );
  return `Software of others inside the bundles of this folder, with its licences.\n\n${parts.join(`\n${"-".repeat(78)}\n\n`)}`;
}
