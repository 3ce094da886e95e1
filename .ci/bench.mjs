// npm run bench: every test/bench/*.bench.ts in a process of its own, one table.
//   node .ci/bench.mjs [NAME…]     only files whose name holds one of these
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { buildBundles } from "./setup/bundles.mjs";
import { ensureNodeModules } from "./setup/node-modules.mjs";
import { projectRoot } from "./setup/places.mjs";
import { run } from "./setup/run.mjs";

await ensureNodeModules();
await buildBundles();

const folder = path.join(projectRoot, "test", "bench");
const names = process.argv.slice(2);
const files = readdirSync(folder).filter(
  (file) => file.endsWith(".bench.ts") && (names.length === 0 || names.some((name) => file.includes(name))),
);

/** Tools that start programs beside their own files stay where they are. */
const fromNodeModules = {
  name: "from node_modules",
  /** @param {import("esbuild").PluginBuild} build */
  setup(build) {
    const modules = path.join(projectRoot, "node_modules");
    const entries = { esbuild: "lib/main.js", "playwright-core": "index.mjs" };
    for (const [name, entry] of Object.entries(entries)) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({
        path: path.join(modules, name, entry),
        external: true,
      }));
    }
  },
};

console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}\n`);
const scratch = mkdtempSync(path.join(tmpdir(), "finetune-bench-"));
try {
  for (const file of files) print(await measure(path.join(folder, file)));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/**
 * @param {string} file
 * @returns {Promise<import("../test/bench/measure.ts").Row[]>}
 */
async function measure(file) {
  const { build } = await import("esbuild");
  const { alias } = await import("../esbuild.mjs");
  const script = path.join(scratch, `${path.basename(file, ".ts")}.mjs`);
  const results = path.join(scratch, `${path.basename(file, ".ts")}.json`);
  await build({
    entryPoints: [file],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    alias,
    logLevel: "warning",
    external: [path.join(projectRoot, ".ci", "*")], // set-up finds the project by its own place
    plugins: [fromNodeModules],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  await run(process.execPath, ["--expose-gc", script], {
    cwd: projectRoot,
    env: { ...process.env, BENCH_RESULTS: results },
  });
  return JSON.parse(readFileSync(results, "utf8"));
}

/** @param {readonly import("../test/bench/measure.ts").Row[]} rows */
function print(rows) {
  for (const { label, value, unit, bar } of rows) {
    const figure = `${Number(value.toPrecision(3))} ${unit}`;
    const verdict = bar === undefined ? "" : `${value <= bar ? "within" : "OVER"} ${bar} ${unit}`;
    console.log(`${label.padEnd(58)}${figure.padStart(12)}   ${verdict}`.trimEnd());
  }
}
