// A real VS Code without its download: the build that the npm package code-server carries, run by the Node it wants.
import { createHash } from "node:crypto";
import path from "node:path";
import { writeFileSync } from "node:fs";
import { cached } from "../../../.ci/setup/cached.mjs";
import { cacheFolder } from "../../../.ci/setup/places.mjs";
import { run } from "../../../.ci/setup/run.mjs";

const node = `node-${process.platform}-${process.arch}`;
const PINS = { "code-server": "4.139.1", [node]: "24.21.0" };

/** The folder holds about 800 MB and takes half a minute to make; its name changes with the pins. */
const folder = () => {
  const hash = createHash("sha256").update(JSON.stringify(PINS)).digest("hex").slice(0, 8);
  return path.join(cacheFolder(), `vscode-${hash}`);
};

/**
 * Installs VS Code for tests, once.
 *
 * @returns {Promise<{node: string, serverMain: string, version: string}>} absolute paths
 */
export async function installVsCode() {
  const where = await cached(folder(), async (partial) => {
    console.log("Installing VS Code for tests (about 800 MB, once) …");
    writeFileSync(path.join(partial, "package.json"), JSON.stringify({ private: true, dependencies: PINS }));
    await run("npm", ["install", ...QUIET], { cwd: partial });
    const inside = path.join(partial, "node_modules", "code-server", "lib", "vscode");
    await run("npm", ["install", "--omit=dev", ...QUIET], { cwd: inside });
  });
  const modules = path.join(where, "node_modules");
  return {
    node: path.join(modules, node, "bin", "node"),
    serverMain: path.join(modules, "code-server", "lib", "vscode", "out", "server-main.js"),
    version: PINS["code-server"],
  };
}

// No package's own scripts: they would compile native add-ons that VS Code does without (log files, a watchdog).
const QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"];
