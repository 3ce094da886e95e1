/** One estimate of memory, as lenses, hints and fixes ask for in dozens. */
import { parse } from "../../src/core/config/parse.ts";
import { resolve } from "../../src/core/config/resolve.ts";
import { estimate } from "../../src/core/estimate/estimate.ts";
import { modelSource } from "../../src/core/estimate/model-source.ts";
import { isCannot } from "../../src/core/estimate/cannot.ts";
import { report, time } from "./measure.ts";

const text = "model: unsloth/Llama-3.1-8B-Instruct\ndataset: data/support.jsonl\n";
const parsed = parse(text);
const { config } = resolve(parsed, {
  path: "/project/a.finetune.yaml",
  read: () => ({ missing: "there is no such file" }),
});
if (config === null) throw new Error("The config of this measurement is not valid.");
const source = modelSource(config, {});
if (isCannot(source)) throw new Error(source.cannot);

// One call is shorter than the clock can tell: a thousand at a time.
const BATCH = 1000;
const one = await time(100, () => {
  for (let call = 0; call < BATCH; call++) must(estimate(config));
});

/** Batch, length and rank as somebody would try them. */
const whatIfs = Array.from({ length: BATCH }, (_, index) => ({
  ...config,
  model: { ...config.model, max_seq_length: 512 * (1 + (index % 16)) },
  training: { ...config.training, per_device_train_batch_size: 1 + (index % 10) },
  lora: config.lora && { ...config.lora, r: 8 * (1 + (index % 8)) },
}));
const many = await time(100, () => {
  for (const changed of whatIfs) must(estimate(changed, { source }));
});

function must(found: ReturnType<typeof estimate>): void {
  if (isCannot(found)) throw new Error(found.cannot);
}

report([
  { label: "one estimate, model looked up, median", value: one.p50 * (1000 / BATCH), unit: "µs", bar: 20 },
  { label: "1,000 what-ifs of one model, median", value: many.p50, unit: "ms" },
]);
