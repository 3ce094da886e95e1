// dist/ of this checkout.
import path from "node:path";
import { run } from "./run.mjs";
import { projectRoot } from "./places.mjs";

export const cli = path.join(projectRoot, "dist", "cli.js");

/** Builds all bundles. */
export async function buildBundles() {
  await run(process.execPath, ["esbuild.mjs"], { cwd: projectRoot });
}
