// npm test: everything, from a bare clone. Stages go on after a failure; the last line counts the whole run.
//   node .ci/test.mjs [--only STAGE[,STAGE]]      STAGE is a name below, or static
import { parseArgs } from "node:util";
import { buildBundles } from "./setup/bundles.mjs";
import { ensureNodeModules } from "./setup/node-modules.mjs";
import { one, sum } from "./stages/counts.mjs";
import { editor } from "./stages/editor.mjs";
import { pytest, ruff } from "./stages/python.mjs";
import { format, lint, types, unused } from "./stages/static.mjs";
import { grammar, unit } from "./stages/unit.mjs";

/** @type {Record<string, () => Promise<import("./stages/counts.mjs").Counts>>} */
const STAGES = {
  types,
  lint,
  format,
  unused,
  build: () => buildBundles().then(() => one(true)),
  unit,
  grammar,
  ruff,
  pytest,
  editor,
};
const STATIC = ["types", "lint", "format", "unused"];

const started = Date.now();
const wanted = choose(parseArgs({ options: { only: { type: "string" } } }).values.only);
await ensureNodeModules();

const results = [];
for (const [name, stage] of wanted) results.push({ name, ...(await runStage(name, stage)) });

heading("summary");
for (const { name, counts, seconds } of results)
  console.log(`${name.padEnd(8)} ${seconds.toFixed(1).padStart(7)} s   ${line(counts)}`);
console.log(`in all   ${((Date.now() - started) / 1000).toFixed(1).padStart(7)} s\n`);
const total = sum(results.map(({ counts }) => counts));
console.log(line(total));
process.exitCode = total.failed === 0 ? 0 : 1;

/** @param {string | undefined} only */
function choose(only) {
  if (only === undefined) return Object.entries(STAGES);
  const names = only.split(",").flatMap((name) => (name === "static" ? STATIC : [name]));
  const unknown = names.filter((name) => !Object.hasOwn(STAGES, name));
  if (names.length === 0 || unknown.length > 0) {
    console.error(`--only takes static or some of: ${Object.keys(STAGES).join(", ")}`);
    process.exit(2);
  }
  return Object.entries(STAGES).filter(([name]) => names.includes(name));
}

/**
 * @param {string} name
 * @param {() => Promise<import("./stages/counts.mjs").Counts>} stage
 */
async function runStage(name, stage) {
  heading(name);
  const begun = Date.now();
  let counts = one(false);
  try {
    counts = await stage();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  const seconds = (Date.now() - begun) / 1000;
  console.log(`${name}: ${line(counts)} in ${seconds.toFixed(1)} s`);
  return { counts, seconds };
}

function heading(text) {
  console.log(`\n── ${text} ${"─".repeat(Math.max(0, 76 - text.length))}`);
}

function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
