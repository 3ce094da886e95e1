// pytest and ruff, beside the trainer's environment and not in it.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { cached } from "./cached.mjs";
import { cacheFolder, projectRoot } from "./places.mjs";
import { run } from "./run.mjs";

/**
 * A folder for PYTHONPATH; commands are in its `bin`.
 *
 * @param {string} python the interpreter that will use them
 * @returns {Promise<string>}
 */
export function pythonTools(python) {
  const requirements = path.join(projectRoot, "python", "requirements", "dev.txt");
  const hash = createHash("sha256")
    .update(python)
    .update(readFileSync(requirements))
    .digest("hex")
    .slice(0, 8);
  return cached(path.join(cacheFolder(), `python-tools-${hash}`), async (partial) => {
    const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
    // The environment was made without pip's own dependency resolution, and perhaps without pip.
    await run("python3", [
      "-m",
      "pip",
      "install",
      ...quiet,
      "--no-deps",
      "--target",
      partial,
      "-r",
      requirements,
    ]);
  });
}
