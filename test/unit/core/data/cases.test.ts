/** Shapes of data that broke trainers: what the editor says of each. The trainer's side is test_data_cases.py. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { datasetFact } from "../../../../src/core/data/facts.ts";
import { gunzipWith } from "../../../../src/core/data/gunzip.ts";
import { inspect, type InspectOptions } from "../../../../src/core/data/inspect.ts";
import { previewLines } from "../../../../src/core/data/preview-text.ts";
import { previewOf } from "../../../../src/core/data/preview.ts";
import type { DatasetReport } from "../../../../src/core/data/report.ts";
import { bytesSource } from "../../../../src/core/data/source.ts";
import { applyEdits } from "../../../../src/core/config/edits.ts";
import { dotted } from "../../../../src/core/config/value.ts";
import type { Facts } from "../../../../src/core/facts.ts";
import { completed, validateText } from "../config/whole-file.ts";

const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");
const chat = (...turns: [role: string, content: string][]) => ({
  messages: turns.map(([role, content]) => ({ role, content })),
});

const read = (content: string | Uint8Array, options: Partial<InspectOptions> = {}): Promise<DatasetReport> =>
  inspect(bytesSource(typeof content === "string" ? new TextEncoder().encode(content) : content), {
    name: "data.jsonl",
    maxSeqLength: 2048,
    gunzip: gunzipWith(() => new DecompressionStream("gzip")),
    ...options,
  });

const said = ({ problems }: DatasetReport): string[] =>
  problems.map(({ line, message }) => (line === null ? message : `${line}: ${message}`));
const shown = ({ preview }: DatasetReport): string[][] =>
  preview.map(({ line, row }) => previewLines(previewOf(row, line), "auto"));

/** What stands in the config once its files were read: message by "code@path". */
async function marked(config: string, files: Readonly<Record<string, string>>) {
  const reports = await Promise.all(
    Object.entries(files).map(async ([name, content]) => [
      `/project/${name}`,
      datasetFact(await read(content, { name }), 1),
    ]),
  );
  const facts: Facts = { datasets: Object.fromEntries(reports) };
  const { parsed, problems } = validateText(completed(config), facts);
  return {
    problems: problems.map(({ code, path, severity, message }) => ({
      at: `${code}@${dotted(path)}`,
      severity,
      message,
    })),
    fixed: (code: string) =>
      applyEdits(parsed, problems.find((each) => each.code === code)?.fixes?.[0]?.edits ?? []),
  };
}

const PAIR = { instruction: "a", output: "b" };
const HI = chat(["user", "Hi"], ["assistant", "Hello"]);
const BYE = chat(["user", "Bye"], ["assistant", "See you"]);

describe("datasets", () => {
  test("D01: human and gpt are roles without being told; a key that names tags says so on its line", async () => {
    const row = {
      conversations: [
        { from: "human", value: "Which bin is for glass?" },
        { from: "gpt", value: "The green one." },
      ],
    };
    const report = await read(lines(row));
    expect({ format: report.format, used: report.used, said: said(report) }).toEqual({
      format: "sharegpt",
      used: 1,
      said: [],
    });
    expect(shown(report)).toEqual([["  user       Which bin is for glass?", "▌ assistant  The green one."]]);
    for (const tag of ["user_tag: user", "assistant_tag: assistant", "role_tag: from"]) {
      const found = await marked(`dataset: {path: chats.jsonl, format: sharegpt, ${tag}}`, {});
      const key = tag.split(":")[0];
      const problem = found.problems.find(({ at }) => at === `refused-key@dataset.${key}`);
      expect(problem?.message).toMatch(/roles are known by their names in the rows \(user or human/);
      expect(found.fixed("refused-key")).not.toContain(key);
    }
    expect(said(await read(lines(chat(["user", "Hi"], ["narrator", "Once"]))))[0]).toMatch(
      /role "narrator"; known are user, assistant, system and tool/,
    );
  });

  test("D04: a last turn of the user is left out, with a count; no answer at all is no row", async () => {
    const ends = chat(["user", "Translate: ship"], ["assistant", "navire"], ["user", "and boat?"]);
    const other = chat(["user", "Translate: boat"], ["assistant", "bateau"], ["user", "and car?"]);
    const report = await read(lines(ends, other, chat(["user", "Hello?"])));
    expect(said(report)).toEqual([
      "1: Column messages goes on after the last answer; what follows is left out. 2 rows like this.",
      "3: No message of column messages is from the assistant; nothing to learn. This row is skipped.",
    ]);
    expect(shown(report)[0]).toEqual(["  user       Translate: ship", "▌ assistant  navire"]);
  });

  test("D06: tools are shown with the keys of their row and no others", async () => {
    const row = (name: string, parameters: object) => ({ ...HI, tools: [{ name, parameters }] });
    const report = await read(lines(row("a", { x: { type: "int" } }), row("b", { y: { type: "str" } })));
    expect(shown(report).map(([first]) => first)).toEqual([
      '  tools      [{"name":"a","parameters":{"x":{"type":"int"}}}]',
      '  tools      [{"name":"b","parameters":{"y":{"type":"str"}}}]',
    ]);
  });

  test("D08: an empty answer is skipped with its line, and nothing but empty ones is an error", async () => {
    const empty = { instruction: "Summarise", input: "", output: "" };
    const blank = { ...empty, output: " \n" };
    const report = await read(lines(empty, { ...empty, output: "Pear" }, blank));
    expect(report.used).toBe(1);
    expect(said(report)).toEqual(["1: Column output is empty. 2 rows like this are skipped."]);
    const all = await marked("dataset: a.jsonl", { "a.jsonl": lines(empty, blank) });
    expect(all.problems).toContainEqual(
      expect.objectContaining({ at: "data-rows-unusable@dataset.path", severity: "error" }),
    );
  });

  test("D11: how many rows are too long, what cutting would lose, and what happens as it stands", async () => {
    const prompt = "a".repeat(399);
    const rows = lines(
      { prompt: "a".repeat(4000), completion: "b" },
      { prompt, completion: "b" },
      { prompt, completion: "c" },
    );
    const report = await read(rows, { maxSeqLength: 500 });
    expect(report.lengths?.histogram.length).toBeGreaterThan(0);
    const sentence =
      "1 of 3 rows is longer than max_seq_length 500 (the longest ≈ 1,001 tokens); cutting them would lose ≈ 42 % of all tokens.";
    expect(said(report)).toEqual([sentence]);
    for (const [choice, fate] of [
      ["", "they are dropped"],
      [", overlength: auto", "they are dropped"],
      [", overlength: truncate", "they are cut"],
      [", overlength: drop", "they are dropped"],
    ] as const) {
      const fact = { ...datasetFact(report, 1) };
      const { problems } = validateText(
        completed(
          `model: {name: unsloth/Llama-3.2-1B-Instruct, max_seq_length: 500}\ndataset: {path: a.jsonl${choice}}`,
        ),
        { datasets: { "/project/a.jsonl": fact } },
      );
      expect(problems.find(({ code }) => code === "data-rows-overlong")?.message).toBe(
        `a.jsonl: ${sentence} As it stands ${fate} (overlength).`,
      );
      expect(problems.find(({ code }) => code === "rows-too-long")?.message).toMatch(
        new RegExp(`${fate}\\.$`),
      );
    }
  });

  test("D13: the first character decides whatever the extension says", async () => {
    const list = JSON.stringify([PAIR, { instruction: "c", output: "d" }], null, 1);
    for (const name of ["data.jsonl", "data.json", "data.csv"]) {
      for (const content of [list, lines(PAIR, { instruction: "c", output: "d" })]) {
        const { used, problems } = await read(content, { name });
        expect([name, used, problems.filter(({ severity }) => severity === "error")]).toEqual([name, 2, []]);
      }
    }
    const pretty = `${JSON.stringify(PAIR, null, 2)}\n${JSON.stringify(PAIR, null, 2)}`;
    expect(said(await read(pretty))).toEqual([
      "1: An object starts here that runs over several lines. Put each row on one line, or all rows into a list [ … ].",
    ]);
  });

  test("D14: unused columns never matter; used ones are named with their row", async () => {
    const report = await read(
      lines(
        { id: 1, instruction: "a", output: "b" },
        { id: "x-2", instruction: "c", output: 7 },
        { id: 3, instruction: "d", output: ["e"] },
        { id: null, instruction: "f", output: 8.5 },
      ),
    );
    expect(report.used).toBe(3);
    expect(said(report)).toEqual([
      "2: Column output is a number; it is taken as text. 2 rows like this.",
      "3: Column output is a list where text is expected. This row is skipped.",
    ]);
  });

  test("D15: a side column of mixed lists is not looked at", async () => {
    const row = { text: "Steel is rolled.", ner: [[0, 4, "PROCESS"]] };
    const report = await read(lines(row, { text: "Iron is cast.", ner: 5 }));
    expect([report.used, said(report)]).toEqual([2, []]);
  });

  test("D17: gzip is read, Parquet and zip are known by their first bytes", async () => {
    const packed = await read(new Uint8Array(gzipSync(lines(PAIR))));
    expect([packed.used, said(packed)]).toEqual([1, []]);
    const codes = async (...bytes: number[]) =>
      (await read(Uint8Array.of(...bytes))).problems.map(({ code }) => code);
    expect(await codes(0x50, 0x41, 0x52, 0x31, 0x15, 0)).toEqual(["file-parquet"]);
    expect(await codes(0x50, 0x4b, 3, 4)).toEqual(["file-zip"]);
    expect(said(await read(Uint8Array.of(0x50, 0x4b, 3, 4)))[0]).toMatch(/zip archive.*unpack it/);
  });

  test("D20: a prompt repeated in both answers is shown once, and equal answers are counted", async () => {
    const asked = { role: "user", content: "Name a river" };
    const chosen = [asked, { role: "assistant", content: "Rhine" }];
    const rejected = [asked, { role: "assistant", content: "Alps" }];
    const row = { prompt: "Name a river", chosen, rejected };
    const report = await read(
      lines(row, { ...row, rejected: chosen }, { ...row, prompt: "Name a river", chosen: rejected }),
    );
    expect(shown(report)[0]).toEqual(["  user      Name a river", "▌ chosen    Rhine", "▌ rejected  Alps"]);
    expect(said(report)).toEqual(["2: Column chosen and column rejected are the same. 2 rows like this."]);
  });

  test("D22: raw text is cut to sequences first; a single row cannot be split", async () => {
    const corpus = "The mill stands by the river and turns. ".repeat(400);
    expect((await read(corpus, { name: "corpus.txt", maxSeqLength: 64 })).rows).toBeGreaterThan(50);
    const one = await marked("dataset: {path: a.jsonl, test_size: 0.1}", { "a.jsonl": lines(HI) });
    const problem = one.problems.find(({ at }) => at === "too-few-rows@dataset.test_size");
    expect(problem).toMatchObject({ severity: "error" });
    expect(problem?.message).toBe("1 row with test_size 0.1: nothing would be held out.");
  });

  test("D24: both names of the column and both styles of keys, in any combination", async () => {
    for (const column of ["messages", "conversations"])
      for (const [who, what] of [
        ["role", "content"],
        ["from", "value"],
      ] as const) {
        const report = await read(
          lines({
            [column]: [
              { [who]: "user", [what]: "Hi" },
              { [who]: "assistant", [what]: "Hello" },
            ],
          }),
        );
        expect([report.used, shown(report)]).toEqual([1, [["  user       Hi", "▌ assistant  Hello"]]]);
      }
  });

  test("D27: the same file twice, copies, and training rows that are evaluated on", async () => {
    const files = {
      "chats.jsonl": lines(HI, BYE),
      "held.jsonl": lines(HI, chat(["user", "1"], ["assistant", "2"])),
    };
    const twice = await marked("dataset: [{path: chats.jsonl}, {path: chats.jsonl}]", files);
    expect(twice.problems.map(({ at }) => at)).toContain("dataset-twice@dataset[1].path");
    expect(twice.fixed("dataset-twice").match(/chats/g)).toHaveLength(1);

    const same = await marked("dataset: chats.jsonl\neval_dataset: chats.jsonl", files);
    expect(same.problems).toContainEqual(
      expect.objectContaining({ at: "eval-is-train@eval_dataset.path", severity: "error" }),
    );
    expect(same.fixed("eval-is-train")).toMatch(/test_size: 0.05/);

    const shared = await marked("dataset: chats.jsonl\neval_dataset: held.jsonl", files);
    const overlap = shared.problems.find(({ at }) => at === "eval-overlaps-train@eval_dataset.path");
    expect(overlap?.message).toMatch(/^1 of 2 evaluation rows/);
    expect(shared.fixed("eval-overlaps-train")).toMatch(/test_size: 0.05/);

    const spaced = chat(["user", " Hi "], ["assistant", "Hello\n"]);
    expect(said(await read(lines(HI, BYE, spaced)))).toEqual([
      "3: 1 row is a copy of an earlier one (white space aside): what occurs twice is learnt twice.",
    ]);
  });

  test("D29: token ids are known as such, and whose they must be", async () => {
    const report = await read(lines({ input_ids: [5, 6], labels: [-100, 6] }));
    expect(report.format).toBe("tokens");
    expect(said(report)).toEqual([expect.stringMatching(/fit only the tokenizer that made them/)]);
  });
});
