import { describe, expect, it, test } from "vitest";
import { launchRecord } from "../../../src/core/estimate/launch-record.ts";
import type { Facts } from "../../../src/core/facts.ts";
import { figureOf, type ShownFigure } from "../../../src/language/figure.ts";
import { hints } from "../../../src/language/hints.ts";
import { hover } from "../../../src/language/hover.ts";
import { lenses } from "../../../src/language/lenses.ts";
import { readSettings } from "../../../src/language/settings.ts";
import { analysed, gpu, rowsFact, URI } from "./analysed.ts";
import { marked } from "./marked.ts";

const FILE = `name: support
model:
  name: unsloth/Llama-3.1-8B-Instruct
  max_seq_length: 2048
  load_in_4bit: true
lora:
  r: 16
  lora_alpha: 16
dataset: rows.jsonl
training:
  per_device_train_batch_size: 2
  gradient_accumulation_steps: 4
  warmup_steps: 0.1
`;
const ROWS: Facts = { datasets: { "/w/rows.jsonl": rowsFact(1204) }, paths: { "/w/rows.jsonl": "file" } };
const WITH_4090: Facts = { ...ROWS, gpus: [gpu("RTX 4090", 24, "8.9")] };

function shownFigure(text: string, facts: Facts): ShownFigure | null {
  const analysis = analysed(text, { facts });
  const config = analysis.resolution.tentative;
  return config && { figure: figureOf(config, analysis.world.facts), stale: false };
}
const lensOf = (text: string, facts: Facts = {}, figure = shownFigure(text, facts)) =>
  lenses(analysed(text, { facts }), figure);
/** Both parts as the line shows them. */
const lineOf = (...what: Parameters<typeof lensOf>) =>
  lensOf(...what)
    .map(({ command }) => command?.title)
    .join(" | ");

describe("the line above the model", () => {
  it("offers Run with the figure, the card here and the cheapest to rent", () => {
    const [run, figure] = lensOf(FILE, WITH_4090);
    expect(run?.range.start).toEqual({ line: 1, character: 0 });
    expect(run?.command).toEqual({ title: "$(play) Run", command: "finetune.run", arguments: [URI] });
    expect(figure?.command).toMatchObject({ command: "finetune.showEstimate", arguments: [URI] });
    expect(figure?.command?.title).toMatch(
      /^≈ \d+\.\d GB \(\d+\.\d–\d+\.\d\) · fits RTX 4090 \(\d+\.\d GB free\) · Modal \S+ ≈ \$\d\.\d\d, \d+ min$/,
    );
  });
  it("says that it does not fit, and how many errors that makes", () => {
    const facts = { ...ROWS, gpus: [gpu("RTX 2060", 6, "7.5")] };
    const title = lineOf(FILE.replace("2048", "16384").replace("size: 2", "size: 8"), facts);
    expect(title).toMatch(
      /^\$\(error\) 1 error stops the run \| ≈ .* · does not fit RTX 2060 \(5\.\d GB\) · Modal /,
    );
  });
  it("names the card that the config names first", () => {
    const title = lineOf(`${FILE}compute: {target: modal, modal: {gpu: L40S}}\n`, WITH_4090);
    expect(title).toMatch(/GB \([^)]+\) · Modal L40S ≈ \$\d\.\d\d, \d+ min · fits RTX 4090/);
  });
  it("speaks of the CPU where there is no GPU", () => {
    const text = "model: smollm2-135m-instruct\ndataset: rows.jsonl\n";
    const title = lineOf(text, { ...ROWS, gpus: [], cpu: { cores: 2, memory: 8 * 2 ** 30, bf16: false } });
    expect(title).toMatch(/on this CPU \(2 cores\) ≈ \d+\.\d GB of memory, ≈ \d+/);
  });
  it("keeps an earlier figure and says so", () => {
    const earlier = shownFigure(FILE, WITH_4090);
    const title = lineOf(`{${FILE}`, WITH_4090, earlier && { ...earlier, stale: true });
    expect(title).toMatch(/^\$\(error\) \d+ errors? stops? the run \| ≈ .* · before this edit$/);
  });
  it("does not offer Run where nothing can run", () => {
    const [lens, ...others] = lensOf(FILE, { ...WITH_4090, can: { run: false, read: true, secrets: false } });
    expect(others).toEqual([]);
    expect(lens?.command?.command).toBe("");
    expect(lens?.command?.title).toMatch(/^≈ /);
  });
  it("gives a reason where there is no figure", () => {
    const text = "model: me/some-private-thing\ndataset: rows.jsonl\n";
    expect(lineOf(text)).toMatch(/Run \| no estimate: \S/);
  });
});

describe("hints", () => {
  const all = readSettings(null).hints;
  const shown = (text: string, facts: Facts, on = all): Record<string, string> => {
    const analysis = analysed(text, { facts });
    const lines = text.split("\n");
    return Object.fromEntries(
      hints(analysis, shownFigure(text, facts)?.figure ?? null, on).map(({ position, label }) => [
        (lines[position.line] ?? "").trim(),
        String(label),
      ]),
    );
  };
  it("say what each line costs and means", () => {
    const found = shown(FILE, WITH_4090);
    expect(found["max_seq_length: 2048"]).toMatch(/^\+\d\.\d GB at 4096$|^\+\d+ MB at 4096$/);
    expect(found["r: 16"]).toMatch(/^41\.9 M trainable \(0\.52 %\)/);
    expect(found["dataset: rows.jsonl"]).toBe("1,204 rows · p95 ≈ 311 tokens");
    expect(found["per_device_train_batch_size: 2"]).toMatch(/^\+\d+(\.\d)? [GM]B each$/);
    expect(found["gradient_accumulation_steps: 4"]).toMatch(/^effective batch 8 · \d+ steps$/);
    expect(found["warmup_steps: 0.1"]).toMatch(/^\d+ of \d+ steps$/);
    expect(found["training:"]).toBe("learning_rate 2e-4");
  });
  it("agree with each other about the steps", () => {
    const found = shown(FILE, WITH_4090);
    const steps = /(\d+) steps$/.exec(found["gradient_accumulation_steps: 4"] ?? "")?.[1];
    expect(Number(steps)).toBe(Math.ceil(1204 / 8));
    expect(found["warmup_steps: 0.1"]).toBe(`${Math.ceil(0.1 * Number(steps))} of ${steps} steps`);
  });
  it("can be switched off one by one", () => {
    expect(shown(FILE, WITH_4090, { ...all, rows: false })["dataset: rows.jsonl"]).toBeUndefined();
    const none = {
      memory: false,
      batch: false,
      steps: false,
      parameters: false,
      rows: false,
      defaults: false,
    };
    expect(shown(FILE, WITH_4090, none)).toEqual({});
  });
  it("say 'about' where only a part of the file was read", () => {
    const facts: Facts = { datasets: { "/w/rows.jsonl": { ...rowsFact(5000), exact: false } } };
    expect(shown(FILE, facts)["dataset: rows.jsonl"]).toMatch(/^≈ 5,000 rows/);
  });
  it("stand only behind lines of this file", () => {
    const analysis = analysed("extends: b.finetune.yaml\n", {
      files: { "/w/b.finetune.yaml": FILE },
      facts: WITH_4090,
    });
    const config = analysis.resolution.tentative;
    expect(hints(analysis, config && figureOf(config, WITH_4090), all)).toEqual([]);
  });
});

const at = (marker: string, facts: Facts = {}, files: Record<string, string> = {}): string => {
  const { text, offset } = marked(marker);
  const found = hover(analysed(text, { facts, files }), offset, shownFigure(text, facts));
  return typeof found?.contents === "object" && "value" in found.contents ? found.contents.value : "";
};

describe("hover", () => {
  it("explains a key: what it becomes, costs and defaults to", () => {
    const text = at("lora:\n  lora_al|pha: 16\n");
    expect(text).toContain("lora.lora_alpha");
    expect(text).toMatch(/Becomes .*lora_alpha/);
  });
  it("explains a word, and a number in powers of ten", () => {
    expect(at("model:\n  dtype: bflo|at16\n")).toContain("`bfloat16`: range of float32");
    expect(at("training:\n  learning_rate: 2e|-4\n")).toContain("`2e-4` is 0.0002");
  });
  it("shows the model's card, the parts of the figure and the cards it fits", () => {
    const text = at(FILE.replace("Llama-3.1", "Llama|-3.1"), WITH_4090);
    expect(text).toContain("**Llama 3.1 8B** · 8.03 B parameters · 32 layers · 131,072 context");
    expect(text).toMatch(/loads `unsloth\/.*bnb-4bit`/);
    expect(text).toMatch(/Peak \*\*≈ \d\.\d GB \(\d\.\d–\d\.\d\)\*\* .* on RTX 4090/);
    expect(text).toMatch(/`█+░+` weights/);
    expect(text).toMatch(/\| RTX 4090 here \| fits \|/);
    expect(text).toMatch(/\| Modal \S+ \| (fits|tight) \|/);
    expect(text).toContain("7–8B class, 4-bit: usually 12–16 GB");
  });
  it("explains the problem under the cursor", () => {
    expect(at(`${FILE}  optim: adamw|_torch\n`)).toContain("*adamw-32bit*: The 32-bit optimiser keeps");
    expect(at("lora:\n  nons|ense: 16\n")).toMatch(/^\*unknown-key\*: .* \*\*What to do\.\*\*/);
  });
  it("shows what an anchor brings, and what is set again beside it", () => {
    const text = "usual: &u\n  r: 16\n  lora_alpha: 32\nlora:\n  <<: *u|\n  r: 8\n";
    expect(at(text)).toContain("`*u`, line 2:");
    expect(at(text)).toContain("lora_alpha: 32");
    expect(at(text)).toContain("Set again here: `r`.");
    expect(at("name: &n a\nmodel: *|n\n")).toContain("`*n`, line 1:");
  });
  it("repeats no secret", () => {
    const secret = "hf_EXAMPLEONLYEXAMPLEONLYabcd";
    const text = at(`usual: &u\n  api_key: abc\n  name: ${secret}\nmodel:\n  <<: *u|\n`);
    expect(text).toContain("`*u`");
    expect(text).not.toMatch(/hf_|abc/);
    const files = { "/w/b.finetune.yaml": `model:\n  token: ${secret}\n  revision: ${secret}\n` };
    expect(at("extends: b.finetune.yaml\nmo|del:\n  name: a/b\n", {}, files)).not.toContain("hf_");
  });
  it("shows which keys of a section come from another file", () => {
    const files = { "/w/b.finetune.yaml": "lora:\n  r: 8\n  lora_alpha: 32\n" };
    expect(at("extends: b.finetune.yaml\nlo|ra:\n  r: 16\n", {}, files)).toContain(
      "From b.finetune.yaml: `lora_alpha: 32`.",
    );
  });
  it("says what the file overrides", () => {
    const text = at(
      "extends: b.finetune.yaml\nlora:\n  r|: 16\n",
      {},
      { "/w/b.finetune.yaml": "lora:\n  r: 8\n" },
    );
    expect(text).toContain("Also set in b.finetune.yaml: `8`; this file wins.");
  });
});

test("a figure is for the file as it is written, errors or not", () => {
  const broken = shownFigure(`${FILE}  nonsense: 1\n`, WITH_4090);
  expect(broken?.figure).toEqual(shownFigure(FILE, WITH_4090)?.figure);
});

test("the line says when finished runs have corrected the figure", () => {
  const config = analysed(FILE, { facts: WITH_4090 }).resolution.tentative;
  const key = config && launchRecord(config, WITH_4090)?.correction_key;
  if (key == null) throw new Error("There is no key for corrections.");
  const learnt = (runs: number): Facts => ({
    ...WITH_4090,
    corrections: [{ key, memoryFactor: 1.1, timeFactor: 1, runs }],
  });
  expect(lineOf(FILE, learnt(3))).toContain(" · corrected by 3 runs · fits RTX 4090");
  expect(lineOf(FILE, learnt(1))).toContain(" · corrected by 1 run · ");
  expect(lineOf(FILE, WITH_4090)).not.toContain("corrected");
});

test("the hover over the model leads to the table of all cards, where it can be shown", () => {
  const { text, offset } = marked(FILE.replace("unsloth/Llama", "unsloth/|Llama"));
  const said = (facts: Facts) =>
    JSON.stringify(hover(analysed(text, { facts }), offset, shownFigure(text, facts))?.contents);
  const can = { run: true, read: true, secrets: false };
  const link = `(command:finetune.showEstimate?${encodeURIComponent(JSON.stringify([URI]))})`;
  expect(said({ ...WITH_4090, can })).toContain(link);
  expect(said({ ...WITH_4090, can: { ...can, run: false } })).not.toContain("command:");
  expect(said(WITH_4090)).not.toContain("command:");
});
