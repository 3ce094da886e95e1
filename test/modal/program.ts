/** The command line as one file, built once for each worker: pumps are processes of their own. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll } from "vitest";

const repository = join(import.meta.dirname, "..", "..");
let built: Promise<string> | null = null;
const made: string[] = [];
// A worker is ended without a word: what it has built goes with its tests.
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

export const program = (): Promise<string> => (built ??= make());

async function make(): Promise<string> {
  // Below the repository, so that the packages that are left out are found from there.
  const folder = mkdtempSync(join(repository, "node_modules", ".finetune-pump-"));
  made.push(folder);
  const outfile = join(folder, "cli.cjs");
  await build({
    entryPoints: [join(repository, "src", "cli", "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    packages: "external",
    logLevel: "error",
  });
  return outfile;
}
