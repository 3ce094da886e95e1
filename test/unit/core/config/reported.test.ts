/** Mistakes that people really made, each with the place, the weight and the way out that they get. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../../../src/core/config/edits.ts";
import type { Severity } from "../../../../src/core/config/problem.ts";
import { validate, type Validation } from "../../../../src/core/config/validate.ts";
import { dotted } from "../../../../src/core/config/value.ts";
import type { Facts } from "../../../../src/core/facts.ts";

const FOLDER = "test/fixtures/configs/reported";
const text = (name: string): string => readFileSync(`${FOLDER}/${name}.finetune.yaml`, "utf8");
function check(config: string, facts: Facts = {}): Validation {
  const context = { path: "/project/x.finetune.yaml", read: () => ({ missing: "no such file" }) };
  return validate(config, context, facts);
}

const WEIGHT: Record<Severity, number> = { hint: 0, information: 1, warning: 2, error: 3 };

interface Expected {
  readonly at: string;
  readonly severity: Severity;
  readonly says: RegExp;
  /** Titles of fixes, in order; each must remove the problem. */
  readonly fixes?: readonly string[];
}

const CASES: Readonly<Record<string, readonly Expected[]>> = {
  "learning-rate-in-scientific-notation-without-a-dot": [],
  "no-and-off-as-option-words": [
    { at: "model.attn_implementation", severity: "error", says: /eager, sdpa.*"off"/ },
  ],
  "tab-as-indentation": [
    {
      at: "",
      severity: "error",
      says: /tab cannot indent/,
      fixes: ["Replace tabs by two spaces in the whole file"],
    },
  ],
  "windows-path-in-double-quotes": [
    {
      at: "dataset.path",
      severity: "error",
      says: /backslash starts an escape.*\\U needs 8/,
      fixes: ["Use single quotes", "Use forward slashes"],
    },
  ],
  "windows-path-whose-escapes-are-all-valid": [
    {
      at: "dataset.path",
      severity: "error",
      says: /contains a line break and a tab: \\n and \\t were read as escapes/,
      fixes: ["Use single quotes", "Use forward slashes"],
    },
  ],
  "windows-path-plain-or-single-quotes-mixed-slashes": [],
  "right-key-wrong-section": [
    {
      at: "model.learning_rate",
      severity: "error",
      says: /belongs to training/,
      fixes: ["Move to training"],
    },
    {
      at: "lora.max_seq_length",
      severity: "error",
      says: /belongs to model, where it is already set/,
      fixes: ["Remove it"],
    },
    { at: "training.lora_alpha", severity: "error", says: /belongs to lora/, fixes: ["Move to lora"] },
  ],
  "names-removed-by-newer-libraries": [
    {
      at: "training.warmup_ratio",
      severity: "warning",
      says: /transformers 5 removed.*same share/,
      fixes: ["Rename to warmup_steps"],
    },
    {
      at: "training.evaluation_strategy",
      severity: "warning",
      says: /renamed/,
      fixes: ["Rename to eval_strategy"],
    },
    { at: "training.logging_dir", severity: "warning", says: /removed/, fixes: ["Remove it"] },
  ],
  "bf16-on-a-t4": [
    {
      at: "training.bf16",
      severity: "error",
      says: /T4 \(compute capability 7\.5\) has no bfloat16/,
      fixes: ["Remove the line (automatic)", "Use fp16: true", "Rent an L4 instead"],
    },
  ],
  "evaluation-without-evaluation-data": [
    {
      at: "training.eval_strategy",
      severity: "error",
      says: /no evaluation data: the run would fail at the first evaluation/,
      fixes: ["Hold out 5 % (dataset.test_size: 0.05)", 'Set eval_strategy: "no"'],
    },
  ],
  "load-best-model-at-end-alone": [
    {
      at: "training.load_best_model_at_end",
      severity: "error",
      says: /needs evaluation data, and evaluation and saving at the same steps/,
      fixes: ["Evaluate and save every 60 steps", "Remove load_best_model_at_end"],
    },
  ],
  "packing-on-a-gpu-without-flash-attention": [
    { at: "training.packing", severity: "hint", says: /number of steps falls/ },
  ],
  "target-modules-of-another-family": [
    {
      at: "lora.target_modules[0]",
      severity: "error",
      says: /has no module c_attn; it has q_proj.*down_proj/,
      fixes: ["Use the model's own layers"],
    },
    {
      at: "lora.target_modules[1]",
      severity: "error",
      says: /has no module W_pack/,
      fixes: ["Use the model's own layers"],
    },
  ],
  "all-linear-together-with-names": [
    {
      at: "lora.target_modules[0]",
      severity: "error",
      says: /a value of its own, not an item/,
      fixes: ["Write target_modules: all-linear", "Use the model's own layers"],
    },
  ],
  "16-bit-wanted-4-bit-got": [
    {
      at: "model.load_in_16bit",
      severity: "warning",
      says: /load_in_4bit is on by default/,
      fixes: ["Add load_in_4bit: false"],
    },
  ],
  "steps-and-epochs-both-set": [
    {
      at: "training.num_train_epochs",
      severity: "warning",
      says: /max_steps wins: 10 steps/,
      fixes: ["Remove num_train_epochs", "Remove max_steps"],
    },
  ],
  "list-where-one-is-meant-and-the-other-way-round": [],
  "anchors-and-merge-keys": [],
  "token-in-the-file": [
    {
      at: "model.token",
      severity: "error",
      says: /goes to git/,
      fixes: ["Move to secret storage and remove the line"],
    },
  ],
  "durations-and-numbers-that-two-yaml-versions-read-differently": [
    {
      at: "training.seed",
      severity: "warning",
      says: /010 is 10 here and 8/,
      fixes: ["Write 10", "Write 8"],
    },
    {
      at: "training.max_steps",
      severity: "error",
      says: /"1_000" is a text: YAML 1\.2/,
      fixes: ["Write 1000"],
    },
    { at: "compute.modal.timeout", severity: "error", says: /90m, 1h30m/, fixes: ["Write 1h30m"] },
  ],
  "unusual-but-right-file": [],
};

test("every reported file has its case", () => {
  const files = readdirSync(FOLDER).map((name) => name.replace(".finetune.yaml", ""));
  expect(files.length).toBe(21);
  expect(Object.keys(CASES).toSorted()).toEqual(files.toSorted());
});

describe.each(Object.entries(CASES))("%s", (name, expected) => {
  const config = text(name);

  test("exactly the expected problems, at their places", () => {
    const found = check(config).problems;
    expect(found.map(({ path, severity }) => `${severity} ${dotted(path)}`)).toEqual(
      expected.map(({ at, severity }) => `${severity} ${at}`),
    );
    for (const [index, { says }] of expected.entries()) expect(found[index]?.message).toMatch(says);
  });

  test("every fix removes its problem and adds nothing worse", () => {
    const { parsed, problems } = check(config);
    for (const [index, { fixes }] of expected.entries()) {
      const problem = problems[index];
      expect(problem?.fixes?.map(({ title }) => title) ?? []).toEqual(fixes ?? []);
      for (const fix of problem?.fixes ?? []) {
        const after = check(applyEdits(parsed, fix.edits)).problems;
        expect(
          after.filter(({ code, path }) => code === problem?.code && dotted(path) === dotted(problem.path)),
        ).toEqual([]);
        const worst = Math.max(
          0,
          ...after
            .filter(({ code }) => !problems.some((each) => each.code === code))
            .map(({ severity }) => WEIGHT[severity]),
        );
        expect(worst, fix.title).toBeLessThan(WEIGHT.warning);
      }
    }
  });

  test("CRLF line ends change nothing", () => {
    const windows = check(config.replaceAll("\n", "\r\n")).problems;
    expect(windows.map(({ code, path }) => [code, dotted(path)])).toEqual(
      check(config).problems.map(({ code, path }) => [code, dotted(path)]),
    );
  });
});

const resolved = (name: string) => check(text(name)).resolution.tentative;

test("2e-4 is a number, and a fix that writes numbers never uses that spelling", () => {
  const { parsed, resolution } = check(text("learning-rate-in-scientific-notation-without-a-dot"));
  expect(resolution.config?.training.learning_rate).toBe(0.0002);
  expect(applyEdits(parsed, [{ kind: "set", path: ["training", "learning_rate"], value: 2e-7 }])).toContain(
    "0.0000002",
  );
});

test("the word no is accepted as a strategy, and false is offered as the quoted word", () => {
  const config = text("no-and-off-as-option-words");
  const { problems, parsed } = check(config.replace("save_strategy: no", "save_strategy: false"));
  const problem = problems.find(({ path }) => dotted(path) === "training.save_strategy");
  expect(applyEdits(parsed, problem?.fixes?.[0]?.edits ?? [])).toContain('save_strategy: "no"');
});

test("below a tab the file is read on", () => {
  expect(resolved("tab-as-indentation")?.lora).toMatchObject({ r: 16, lora_alpha: 16 });
  const twoFaults = text("tab-as-indentation").replace("max_steps: 60", "max_stps: 60");
  expect(check(twoFaults).problems.map(({ code }) => code)).toEqual(["tab-indent", "unknown-key"]);
});

test("a Windows path reaches the plan with slashes, and is warned about where it cannot exist", () => {
  const config = text("windows-path-plain-or-single-quotes-mixed-slashes");
  expect(check(config).resolution.config?.locals["dataset.0"]?.path).toBe("C:/Users/mo/chats.jsonl");
  expect(check(config, { platform: "win32" }).problems).toEqual([]);
  expect(check(config, { platform: "linux" }).problems.map(({ code, severity }) => [code, severity])).toEqual(
    [["windows-path", "warning"]],
  );
  const rented = config.replace("target: local", "target: modal");
  expect(check(rented).problems.map(({ code }) => code)).toEqual(["windows-path"]);
});

test("a missing file is not the message for a text with a line break in it", () => {
  const facts: Facts = {
    paths: { "D:/\new\train.jsonl": "missing", "/project/D:\new\train.jsonl": "missing" },
  };
  const codes = check(text("windows-path-whose-escapes-are-all-valid"), facts).problems.map(
    ({ code }) => code,
  );
  expect(codes).toEqual(["path-control-character"]);
});

test("a renamed key keeps its value: ten per cent of warm-up", () => {
  const config = resolved("names-removed-by-newer-libraries");
  expect(config?.training).toMatchObject({ warmup_steps: 0.1, eval_strategy: "steps" });
});

test("bf16 is judged by the card of this machine too", () => {
  const local = text("bf16-on-a-t4").replace(/compute:[^]*/, "");
  const gpu = {
    index: 0,
    uuid: "GPU-1",
    name: "NVIDIA GeForce RTX 2080 Ti",
    total: 11 * 2 ** 30,
    usable: null,
    used: 0,
    ours: 0,
    capability: "7.5",
    driver: null,
    processes: [],
  };
  expect(check(local).problems).toEqual([]);
  expect(check(local, { gpus: [gpu] }).problems.map(({ code }) => code)).toContain("bf16-unsupported");
  const newer = { ...gpu, name: "NVIDIA GeForce RTX 4090", total: 24 * 2 ** 30, capability: "8.9" };
  expect(check(local, { gpus: [newer] }).problems.map(({ code }) => code)).not.toContain("bf16-unsupported");
});

test("with the number of rows known, steps are said in epochs", () => {
  const fact = {
    bytes: 1,
    mtime: 1,
    format: "messages",
    columns: ["messages"],
    rows: 400,
    exact: true,
    tokens: null,
    problems: [],
  };
  const { problems } = check(text("steps-and-epochs-both-set"), {
    datasets: { "/project/chats.jsonl": fact },
  });
  expect(problems.find(({ code }) => code === "steps-and-epochs")?.message).toContain(
    "10 steps = 0.2 epochs",
  );
});

test("load_in_16bit alone trains in 16 bit", () => {
  expect(resolved("16-bit-wanted-4-bit-got")?.model).toMatchObject({
    load_in_16bit: true,
    load_in_4bit: false,
  });
});

test("a list of datasets is a mix", () => {
  expect(
    resolved("list-where-one-is-meant-and-the-other-way-round")?.dataset.map(({ label }) => label),
  ).toEqual(["a.jsonl", "b.jsonl"]);
});

test("merge keys are read, and a value leads back to its anchor", () => {
  const { parsed, resolution } = check(text("anchors-and-merge-keys"));
  expect(resolution.config?.lora).toMatchObject({ r: 32, lora_alpha: 16 });
  const span = parsed.spanOf(["lora", "lora_alpha"]);
  expect(span && parsed.lineAt(span.start)).toBe(3);
});

test("a section that nothing copies is unknown", () => {
  const config = text("anchors-and-merge-keys").replace("  <<: *d\n", "");
  expect(check(config).problems.map(({ code }) => code)).toContain("unknown-key");
});

test("a token is in no message, fix title or argument", () => {
  const { problems } = check(text("token-in-the-file"));
  expect(problems.length).toBe(1);
  expect(JSON.stringify(problems)).not.toContain("hf_EXAMPLE");
});
