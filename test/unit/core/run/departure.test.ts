import { expect, test } from "vitest";
import { parse } from "../../../../src/core/config/parse.ts";
import { validate } from "../../../../src/core/config/validate.ts";
import { departureOf, departureText } from "../../../../src/core/run/departure.ts";

function departing(text: string, root = "/project", tokens: readonly string[] = []) {
  const context = { path: "/project/a.finetune.yaml", read: () => parse("") };
  const { resolution } = validate(text, context);
  if (resolution.tentative === null) throw new Error("The config has no model or no data.");
  return departureOf(resolution.tentative, root, tokens);
}
const CONFIG = "model: unsloth/Llama-3.2-1B-Instruct\ndataset: data/rows.jsonl\ncompute: {target: modal}\n";

test("data inside and outside of the project are told apart", () => {
  const { files } = departing(`${CONFIG}eval_dataset: ../other/eval.jsonl\n`);
  expect(files.map(({ source, path, outside }) => [source, path, outside])).toEqual([
    ["data/rows.jsonl", "/project/data/rows.jsonl", false],
    ["../other/eval.jsonl", "/other/eval.jsonl", true],
  ]);
  // A folder whose name only begins like the project's is another one.
  expect(departing(CONFIG.replace("data/", "/project-2/")).files[0]?.outside).toBe(true);
});

test("code that runs there, somebody else's image, secrets by name", () => {
  const text = `model: {name: me/odd, trust_remote_code: true}
dataset: data/rows.jsonl
training: {method: grpo, grpo: {reward_funcs: [rewards.py]}}
compute: {target: modal, modal: {gpu: L4, image: me/own, secrets: [wandb, hub]}}
`;
  expect(departing(text, "/project", ["WANDB_API_KEY", "HF_TOKEN"])).toMatchObject({
    files: [{ python: false }, { source: "rewards.py", python: true }],
    image: "me/own",
    secrets: ["wandb", "hub"],
    tokens: ["HF_TOKEN", "WANDB_API_KEY"],
    remoteCode: "me/odd",
  });
  expect(departing(CONFIG)).toMatchObject({ image: null, secrets: [], tokens: [], remoteCode: null });
});

test("what was agreed to is the same text until something else leaves", () => {
  const before = departureText(departing(CONFIG));
  // Neither a learning rate nor a GPU changes what leaves.
  expect(departureText(departing(`${CONFIG}training: {learning_rate: 1e-4}\n`))).toBe(before);
  expect(departureText(departing(CONFIG, "/project", ["HF_TOKEN"]))).not.toBe(before);
  expect(departureText(departing(CONFIG.replace("rows", "more")))).not.toBe(before);
});
