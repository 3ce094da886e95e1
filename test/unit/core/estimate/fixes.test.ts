import { describe, expect, it } from "vitest";
import type { Edit } from "../../../../src/core/config/problem.ts";
import { isCannot } from "../../../../src/core/estimate/cannot.ts";
import { estimate } from "../../../../src/core/estimate/estimate.ts";
import { makeItFit } from "../../../../src/core/estimate/fixes.ts";
import { cardOf, findGpu } from "../../../../src/core/estimate/gpus.ts";
import { cardOfSpec, type Card } from "../../../../src/core/estimate/card.ts";
import { notches } from "../../../../src/core/estimate/notches.ts";
import type { Facts } from "../../../../src/core/facts.ts";
import type { ResolvedConfig } from "../../../../src/core/run/plan.ts";
import { configOf, DATA, MODES, type Change } from "./configs.ts";
import { datasetFact, gpuFact } from "./facts.ts";

const GIB = 2 ** 30;
const card = (gib: number): Card => ({ ...cardOf(gpuFact()), name: `${gib} GB card`, usable: gib * GIB });
const titles = (config: ResolvedConfig, on: Card, facts: Facts = {}): string[] =>
  makeItFit(config, facts, on).map(({ fix }) => fix.title);

/** The fix of a knob, found by the beginning of its title. */
function fixOf(change: Change, on: Card, begins: string, facts: Facts = {}) {
  const found = makeItFit(configOf(change), facts, on).find(({ fix }) => fix.title.startsWith(begins));
  if (!found) throw new Error(`no fix "${begins}…" among\n${titles(configOf(change), on, facts).join("\n")}`);
  return found;
}

/** What the editor would do to the file, done to the config: only edits of model, lora, training. */
function apply(config: ResolvedConfig, edits: readonly Edit[]): ResolvedConfig {
  const copy: Record<string, Record<string, unknown>> = JSON.parse(JSON.stringify(config));
  for (const edit of edits) {
    if (edit.kind !== "set" && edit.kind !== "delete") throw new Error(`unexpected edit ${edit.kind}`);
    const [section, key] = edit.path.map(String);
    const into = copy[section ?? ""];
    if (!into || key === undefined) throw new Error(`nothing at ${edit.path.join(".")}`);
    into[key] = edit.kind === "set" ? edit.value : false;
  }
  return copy as unknown as ResolvedConfig;
}

describe("each way to make it fit", () => {
  it("fewer rows at a time, as often as it takes, the mildest that is enough", () => {
    const { fix } = fixOf(
      { training: { per_device_train_batch_size: 8 }, model: { max_seq_length: 4096 } },
      card(11.6),
      "Batch",
    );
    expect(fix.title).toMatch(/^Batch 8 → 4, accumulation 4 → 8 \(≈ 9\.\d GB\)$/);
    expect(fix.edits).toEqual([
      { kind: "set", path: ["training", "per_device_train_batch_size"], value: 4 },
      { kind: "set", path: ["training", "gradient_accumulation_steps"], value: 8 },
    ]);
  });

  it("checkpointing", () => {
    const { fix } = fixOf({ model: { use_gradient_checkpointing: false } }, card(12), "Checkpointing");
    expect(fix.edits).toEqual([
      { kind: "set", path: ["model", "use_gradient_checkpointing"], value: "unsloth" },
    ]);
  });

  it("an 8-bit optimiser", () => {
    const { fix } = fixOf({ lora: { r: 256 }, training: { optim: "adamw_torch" } }, card(16), "Optimiser");
    expect(fix.edits).toEqual([{ kind: "set", path: ["training", "optim"], value: "adamw_8bit" }]);
  });

  it("rows no longer than the data's", () => {
    const facts: Facts = { datasets: { [DATA]: datasetFact() } };
    const { fix } = fixOf(
      { model: { max_seq_length: 16_384 }, training: { packing: true } },
      card(11.6),
      "Sequence",
      facts,
    );
    expect(fix.title).toMatch(/^Sequence 16384 → 640 \(loses nothing\)/);
    expect(fix.edits).toEqual([{ kind: "set", path: ["model", "max_seq_length"], value: 640 }]);
  });

  it("adapters on attention only", () => {
    const { fix } = fixOf({ lora: { r: 128 } }, card(9.6), "Adapters on attention only");
    expect(fix.edits).toEqual([
      { kind: "set", path: ["lora", "target_modules"], value: ["q_proj", "k_proj", "v_proj", "o_proj"] },
    ]);
  });

  it("4-bit weights name the one mode and drop the other", () => {
    const { fix } = fixOf({ model: MODES.lora16 }, card(12), "Weights in 4 bit");
    expect(fix.edits).toEqual([
      { kind: "delete", path: ["model", "load_in_16bit"] },
      { kind: "set", path: ["model", "load_in_4bit"], value: true },
    ]);
  });

  it("adapters instead of full fine-tuning, in 16 bit where that is enough", () => {
    expect(titles(configOf({ model: MODES.full, lora: null }), card(23.5)).join("\n")).toMatch(
      /Adapters \(LoRA\) instead of full fine-tuning \(≈ 1\d\.\d GB\)/,
    );
    expect(titles(configOf({ model: MODES.full, lora: null }), card(11)).join("\n")).toMatch(
      /Adapters on 4-bit weights \(QLoRA\) instead of full fine-tuning/,
    );
  });

  it("a smaller rank keeps the ratio of lora_alpha", () => {
    const { fix } = fixOf({ lora: { r: 256, lora_alpha: 512 } }, card(10.5), "Rank");
    expect(fix.edits[0]).toMatchObject({ path: ["lora", "r"] });
    const values = fix.edits.map((edit) => (edit.kind === "set" ? Number(edit.value) : 0));
    expect(values[1]).toBe(2 * (values[0] ?? 0));
  });

  it("a bigger card: Modal's cheapest that fits, priced once the number of steps is known", () => {
    const { fix } = fixOf(
      { training: { max_steps: 100, per_device_train_batch_size: 8 } },
      card(6),
      "Run on Modal",
    );
    expect(fix.title).toMatch(/^Run on Modal \S+ \(≈ \$\d+\.\d\d, \d+ min\)$/);
    expect(fix.edits[0]).toEqual({ kind: "set", path: ["compute", "target"], value: "modal" });
  });
});

describe("ways to make it fit", () => {
  it("combine when one is not enough, and leave out what is not needed", () => {
    const config = configOf({
      model: { ...MODES.lora16, use_gradient_checkpointing: false },
      training: { per_device_train_batch_size: 4, optim: "adamw_torch" },
    });
    const [first] = makeItFit(config, {}, card(7.9));
    expect(first?.fix.title).toMatch(/ \+ .*Weights in 4 bit/);
    expect(first?.fix.title).not.toMatch(/Rank|Sequence/);
    const after = estimate(apply(config, first?.fix.edits ?? []), { card: card(7.9) });
    if (isCannot(after)) throw new Error(after.cannot);
    expect(after.used_bytes).toBe(first?.used_bytes);
  });

  it("do what their titles say: the edits lead to the figure", () => {
    const change: Change = {
      model: { max_seq_length: 8192, use_gradient_checkpointing: true },
      lora: { r: 64 },
      training: { per_device_train_batch_size: 8, optim: "adamw_torch" },
    };
    const on = card(14.6);
    for (const { fix, used_bytes: promised } of makeItFit(configOf(change), {}, on)) {
      if (fix.title.startsWith("Run on Modal")) continue;
      const after = estimate(apply(configOf(change), fix.edits), { card: on });
      if (isCannot(after)) throw new Error(after.cannot);
      expect(after.used_bytes, fix.title).toBe(promised);
    }
  });

  it("end with a bigger card when nothing else helps", () => {
    const t4 = findGpu("T4");
    if (!t4) throw new Error("no T4");
    const found = titles(configOf({ model: { name: "unsloth/Llama-3.3-70B-Instruct" } }), cardOfSpec(t4));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^Run on Modal/);
  });
});

describe("one notch of a setting", () => {
  const found = notches(configOf(), {}, null);
  const textAt = (path: string) => found.find((notch) => notch.path.join(".") === path)?.text;

  it("says what doubling the length, one more row, doubling the rank cost", () => {
    expect(textAt("model.max_seq_length")).toMatch(/^\+\d+ MB at 4096$/);
    expect(textAt("training.per_device_train_batch_size")).toMatch(/^\+\d+ MB each$/);
    expect(textAt("lora.r")).toMatch(/^\+\d+ MB at 32$/);
    expect(textAt("model.use_gradient_checkpointing")).toMatch(/^\+\d+\.\d GB with none$/);
  });

  it("says what a heavier optimiser could save, and nothing of the light one", () => {
    expect(textAt("training.optim")).toBeUndefined();
    const heavy = notches(configOf({ training: { optim: "adamw_torch" } }), {}, null);
    expect(heavy.find(({ path }) => path[1] === "optim")?.text).toMatch(/^−\d+ MB with adamw_8bit$/);
  });
});
