// What the demo prints.
import { score } from "./score.mjs";

const SHOWN = 5;
const WIDTH = 100;

/** @param {readonly import("./score.mjs").Answer[]} answers */
export function showAnswers(answers) {
  for (const { prompt, base, tuned } of answers.slice(0, SHOWN)) {
    console.log("");
    console.log(`  message  ${oneLine(prompt)}`);
    console.log(`  base     ${oneLine(base)}`);
    console.log(`  tuned    ${oneLine(tuned)}`);
  }
}

/**
 * The numbers and the sentence that goes with them.
 *
 * @param {readonly import("./score.mjs").Answer[]} answers
 * @param {readonly Record<string, any>[]} events of the run
 */
export function showLesson(answers, events) {
  const before = score(answers, "base");
  const after = score(answers, "tuned");
  const rise = (key) => `${before[key]}/${answers.length} → ${after[key]}/${answers.length}`;
  console.log(`  valid JSON      ${rise("valid")}`);
  console.log(`  right category  ${rise("category")}`);
  console.log(`  right urgency   ${rise("urgency")}`);

  const last = (type) => events.findLast((event) => event.type === type);
  const parameters = Math.round(last("model").parameters / 1e6);
  const rows = events.findLast((event) => event.type === "dataset" && event.split === "train").rows;
  const { seconds, step } = last("finished");
  const learnt =
    after.valid > before.valid ? "It learnt the form of an answer" : "It did not learn the form of an answer";
  const wrong = answers.length - after.category;
  const limits =
    wrong === 0
      ? ""
      : `, but ${wrong} of ${answers.length} categories are wrong: form is learnt sooner than facts`;
  console.log(`  ${learnt}${limits}.`);
  console.log(
    `  ${parameters} M parameters, ${rows} rows, ${step} steps, ${Math.round(seconds)} s on this CPU.`,
  );
}

/**
 * @param {string} run folder, as the reader would type it
 * @param {string} config likewise
 */
export function showWayOn(run, config) {
  console.log(`
Run folder: ${run}
  adapter/ is the result; events.jsonl and output.0.log say how it came to be.
The same in VS Code:
  npm run package && code --install-extension unsloth-finetune-*.vsix
  code . ${config}      then press Run above "model:"; this run is in the Fine-Tune side bar already.
`);
}

/** @param {string} text */
function oneLine(text) {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line;
}
