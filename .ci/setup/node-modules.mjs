// The packages of package-lock.json, installed when node_modules is missing or of another lock.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { run } from "./run.mjs";
import { projectRoot } from "./places.mjs";

const OLDEST_NODE = 20;

/** Afterwards every dependency can be imported. */
export async function ensureNodeModules() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < OLDEST_NODE)
    throw new Error(`Node ${process.versions.node} is too old: this project needs ${OLDEST_NODE} or newer.`);
  if (isInstalled()) return;
  console.log("Installing Node packages …");
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: projectRoot });
}

/** npm notes what it installed in a lock of its own; it must agree with ours. */
function isInstalled() {
  const installed = path.join(projectRoot, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return false;
  const have = JSON.parse(readFileSync(installed, "utf8")).packages;
  const want = JSON.parse(readFileSync(path.join(projectRoot, "package-lock.json"), "utf8")).packages;
  return Object.entries(want).every(
    ([place, { version, optional, link }]) =>
      place === "" || optional || link || have[place]?.version === version,
  );
}
