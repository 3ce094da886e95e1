/** What a trainer's error names, found in the file that was launched. */
import { expect, test } from "vitest";
import { pathOf, spanOfKey } from "../../../../src/core/config/dotted-path.ts";
import { parse } from "../../../../src/core/config/parse.ts";

const SINGLE = "dataset:\n  path: a.jsonl\n  format: alpaca\ntraining:\n  seed: 1\n";
const LIST = "dataset:\n  - path: a.jsonl\n  - path: b.jsonl\n    format: alpaca\n";
const shown = (text: string, path: string): string | null => {
  const parsed = parse(text);
  const span = spanOfKey(parsed, path);
  return span && `${parsed.lineAt(span.start)}: ${text.slice(span.start, span.end)}`;
};

test("indices in brackets and between dots", () => {
  expect(pathOf("dataset[1].path")).toEqual(["dataset", 1, "path"]);
  expect(pathOf("save.0.method")).toEqual(["save", 0, "method"]);
  expect(pathOf("training.dpo.beta")).toEqual(["training", "dpo", "beta"]);
});

test.each([
  [SINGLE, "training.seed", "5: seed"],
  [SINGLE, "dataset[0].format", "3: format"],
  [SINGLE, "dataset[0]", "1: dataset"],
  [SINGLE, "dataset[0].chat_template", "1: dataset"],
  [SINGLE, "dataset.test_size", "1: dataset"],
  [LIST, "dataset[1].format", "4: format"],
  [LIST, "dataset[0].chat_template", "2: path: a.jsonl"],
  [SINGLE, "lora.r", null],
])("%j: %s is at %s", (text, path, expected) => expect(shown(text, path)).toBe(expected));
