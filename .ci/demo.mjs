// npm run demo: from a bare clone to a fine-tuned model, on the CPU, through the product's own command line.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { showAnswers, showLesson, showWayOn } from "./demo/show.mjs";
import { buildBundles, cli } from "./setup/bundles.mjs";
import { ensureNodeModules } from "./setup/node-modules.mjs";
import { projectRoot } from "./setup/places.mjs";
import { trainerPython } from "./setup/python.mjs";
import { run } from "./setup/run.mjs";

const started = Date.now();
const sample = path.join(projectRoot, "media", "samples", "support-triage");
const config = path.join(sample, only(".finetune.yaml"));
const heldOut = path.join(sample, only(".eval.jsonl"));

console.log("1/4  Set up");
await ensureNodeModules();
await buildBundles();
await trainerPython();

console.log("\n2/4  Fine-tune");
const finetune = (args, options) => run(process.execPath, [cli, ...args], { cwd: projectRoot, ...options });
await finetune(["run", path.relative(projectRoot, config)], { show: true });
const folder = await newestRun();

console.log("\n3/4  Ask base and fine-tuned model about messages that neither has seen");
const reply = await finetune(["chat", folder, "--rows", heldOut, "--compare", "--json"]);
const answers = reply
  .split("\n")
  .filter((line) => line.startsWith("{"))
  .map((line) => JSON.parse(line));
if (answers.length === 0) throw new Error(`The models gave no answer:\n${reply}`);
showAnswers(answers);

console.log("\n4/4  What it learnt");
showLesson(answers, readEvents(folder));
showWayOn(path.relative(process.cwd(), folder), path.relative(projectRoot, config));
console.log(`Wall time of the whole demo: ${Math.round((Date.now() - started) / 1000)} s`);

function only(ending) {
  const names = readdirSync(sample).filter((name) => name.endsWith(ending));
  if (names.length !== 1) throw new Error(`One *${ending} expected in ${sample}, found ${names.length}.`);
  return String(names[0]);
}

async function newestRun() {
  const runs = JSON.parse(await finetune(["runs", "--json"]));
  return runs.toSorted((a, b) => (a.created < b.created ? 1 : -1))[0].folder;
}

function readEvents(runFolder) {
  const text = readFileSync(path.join(runFolder, "events.jsonl"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
