import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { allDocs, describe as describeKey, keysOf } from "../../../../src/core/config/docs.ts";
import { COMPUTE_TEXTS, SAVE_TEXTS } from "../../../../src/core/config/docs/compute.ts";
import { DATASET_TEXTS } from "../../../../src/core/config/docs/dataset.ts";
import { LORA_TEXTS } from "../../../../src/core/config/docs/lora.ts";
import { MODEL_TEXTS } from "../../../../src/core/config/docs/model.ts";
import type { KeyText } from "../../../../src/core/config/docs/text.ts";
import { TRAINING_TEXTS } from "../../../../src/core/config/docs/training.ts";
import { jsonSchema } from "../../../../src/core/config/json-schema.ts";
import { ALL_KEYS, keyAt, ROOT } from "../../../../src/core/config/keys.ts";
import { parse } from "../../../../src/core/config/parse.ts";
import { validate } from "../../../../src/core/config/validate.ts";

const SCHEMA = "schemas/finetune.schema.json";
const read = () => ({ missing: "no such file" });

test("every key of the schema is documented", () => {
  expect(ALL_KEYS.length).toBeGreaterThan(140);
  expect(ALL_KEYS.map((key) => key.path).filter((path) => describeKey(path) === undefined)).toEqual([]);
});

test("every word that is explained is a word of its key, and the choices that need it are explained", () => {
  const tables: Readonly<Record<string, Readonly<Record<string, KeyText>>>> = {
    model: MODEL_TEXTS,
    lora: LORA_TEXTS,
    dataset: DATASET_TEXTS,
    training: TRAINING_TEXTS,
    save: SAVE_TEXTS,
    compute: COMPUTE_TEXTS,
  };
  // Free texts that stand for something: names that are not the only ones allowed.
  const free = new Set(["dataset.prompt_template", "dataset.chat_template"]);
  const explained = Object.entries(tables).flatMap(([section, keys]) =>
    Object.entries(keys).flatMap(([key, { values = {} }]) =>
      Object.keys(values).map((word) => [`${section}.${key}`, word] as const),
    ),
  );
  expect(explained.length).toBeGreaterThan(80);
  const stray = explained.filter(
    ([path, word]) => !free.has(path) && !keyAt(path)?.values.map(String).includes(word),
  );
  expect(stray).toEqual([]);
  for (const path of ["dataset.overlength", "training.lr_scheduler_type", "training.method", "model.dtype"]) {
    expect(describeKey(path)?.values.every(({ sentence }) => sentence !== undefined)).toBe(true);
  }
});

test.each(allDocs().map((doc) => [doc.path, doc] as const))(
  "the example of %s is valid where it stands",
  (path, doc) => {
    const steps = path.split(".").slice(0, -1);
    const section = steps.reduceRight(
      (inner, step) => `${step}:\n${inner.replaceAll(/^/gm, "  ")}`,
      doc.example,
    );
    const value = parse(section).value;
    expect(value).not.toBeNull();
    const text = `${section}\n`;
    const bad = validate(text, { path: "/p/x.finetune.yaml", read }).problems.filter(
      ({ code, path: at }) =>
        ["unknown-key", "wrong-type", "not-allowed-value", "out-of-range"].includes(code) && at.length > 0,
    );
    expect(bad).toEqual([]);
  },
);

test("sentences are one line and end with a full stop", () => {
  for (const { sentence } of allDocs()) expect(sentence).toMatch(/^[A-Z0-9][^\n]*[.]$/);
});

test("keysOf lists a section's keys and nothing for a plain key", () => {
  expect(keysOf("")).toEqual([...(ROOT.children?.keys() ?? [])]);
  expect(keysOf("compute.local")).toEqual(["gpus", "strategy"]);
  expect(keysOf("training.seed")).toEqual([]);
  expect(describeKey("training.sed")).toBeUndefined();
});

// Renew with: FINETUNE_RENEW=1 npx vitest run test/unit/core/config/docs.test.ts
test("the committed JSON schema is the generated one", () => {
  const text = `${JSON.stringify(jsonSchema(), null, 2)}\n`;
  if (process.env["FINETUNE_RENEW"]) writeFileSync(SCHEMA, text);
  expect(
    readFileSync(SCHEMA, "utf8"),
    "renew it with FINETUNE_RENEW=1 npx vitest run test/unit/core/config/docs.test.ts",
  ).toBe(text);
});
