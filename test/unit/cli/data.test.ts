import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { openTerminal, type Terminal } from "./terminal.ts";

let terminal: Terminal;
beforeEach(async () => {
  terminal = await openTerminal();
});
afterEach(() => terminal.close());

const rows = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");
const good = rows(
  { instruction: "Name a fruit", output: "Pear" },
  { instruction: "Name a river", output: "Aare" },
);

const config = `model: smollm2-135m-instruct
dataset:
  - path: ./train.jsonl
  - path: ./train.jsonl
eval_dataset: ./eval.jsonl
training:
  max_steps: 5
`;

const reports = z.array(
  z.looseObject({
    section: z.string(),
    format: z.string(),
    rows: z.int(),
    used: z.int(),
    problems: z.array(z.looseObject({ code: z.string(), message: z.string() })),
  }),
);

describe("finetune data", () => {
  test("a file: what it is, its rows, and each mistake with its line", async () => {
    await terminal.write("a.jsonl", good + rows({ instruction: "Summarise", output: " " }) + "{broken\n");
    const { code, out } = await terminal.run("data", "a.jsonl");
    expect(out).toContain("a.jsonl: alpaca · 4 rows, 2 usable · p95 ≈ 4 tokens");
    expect(out).toContain("JSON Lines, UTF-8");
    expect(out).toContain("a.jsonl:3: warning: Column output is empty. This row is skipped. [answer-empty]");
    expect(out).toContain("a.jsonl:4: warning: The line is not JSON: expected name or } at column 2.");
    expect(out).toContain("  line 1 (▌ is learnt)\n      user       Name a fruit\n    ▌ assistant  Pear\n");
    expect(code).toBe(0);
  });

  test("--json has the keys that programs read", async () => {
    await terminal.write("a.jsonl", good + rows({ instruction: "Summarise", output: null }));
    const { out } = await terminal.run("data", "a.jsonl", "--json");
    expect(JSON.parse(out)).toMatchObject({
      file: join(terminal.folder, "a.jsonl"),
      format: "alpaca",
      encoding: "utf-8",
      columns: ["instruction", "output"],
      rows: 3,
      used: 2,
      skipped: [{ file: join(terminal.folder, "a.jsonl"), line: 3, code: "value-missing" }],
      problems: [{ code: "value-missing", severity: "warning", line: 3 }],
      lengths: { max: 4 },
      exact: true,
    });
  });

  test("a packed file is read", async () => {
    await terminal.write("a.jsonl.gz", gzipSync(good));
    expect((await terminal.run("data", "a.jsonl.gz")).out).toContain("2 rows, 2 usable");
    await terminal.write("b.jsonl.gz", gzipSync(good.repeat(1000)).subarray(0, 40));
    const cut = await terminal.run("data", "b.jsonl.gz");
    expect(cut.out).toContain("The gzip data is damaged or cut off. [gzip-damaged]");
    expect(cut.code).toBe(1);
  });

  test("a file without usable rows is an error", async () => {
    await terminal.write("a.jsonl", rows({ instruction: "Summarise", output: "" }));
    const { code, out } = await terminal.run("data", "a.jsonl");
    expect(out).toContain("The only row cannot be used: column output is empty (line 1). [rows-unusable]");
    expect(code).toBe(1);
  });

  test("a config: each file, the same rows in train and eval are told", async () => {
    await terminal.write("x.finetune.yaml", config);
    await terminal.write("train.jsonl", good);
    await terminal.write(
      "eval.jsonl",
      rows({ instruction: " Name a  fruit", output: "Pear" }, { instruction: "b", output: "c" }),
    );
    const { code, out, err } = await terminal.run("data", "x.finetune.yaml", "--json");
    expect(err).toBe("");
    const found = reports.parse(JSON.parse(out));
    expect(found.map(({ section, used }) => [section, used])).toEqual([
      ["dataset", 2],
      ["dataset", 2],
      ["eval_dataset", 2],
    ]);
    expect(found[2]?.problems).toMatchObject([
      {
        code: "eval-overlap",
        message: "1 of 2 evaluation rows are also trained on: the evaluation will look better than it is.",
      },
    ]);
    expect(code).toBe(0);
  });

  test("a mistake elsewhere in a config does not hide its data", async () => {
    await terminal.write("x.finetune.yaml", `${config}  learning_rte: 1\n`);
    await terminal.write("train.jsonl", good);
    await terminal.write("eval.jsonl", good);
    expect((await terminal.run("data", "x.finetune.yaml")).out).toContain(
      "train.jsonl (dataset): alpaca · 2 rows",
    );
  });

  test("a config without data says so and names the way out", async () => {
    await terminal.write("x.finetune.yaml", "model: smollm2-135m-instruct\ndatset: ./train.jsonl\n");
    const { code, err } = await terminal.run("data", "x.finetune.yaml");
    expect(code).toBe(1);
    expect(err).toContain("datset");
    expect(err).toContain("or name the data file itself");
  });

  test("what is no file is refused in one sentence", async () => {
    expect(await terminal.run("data", ".")).toMatchObject({
      code: 1,
      err: expect.stringContaining("is a folder") as string,
    });
    expect(await terminal.run("data", "none.jsonl")).toMatchObject({
      code: 1,
      err: expect.stringContaining("does not exist") as string,
    });
    expect((await terminal.run("data")).code).toBe(2);
  });
});
