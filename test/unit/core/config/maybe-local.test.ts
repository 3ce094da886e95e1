import { expect, test } from "vitest";
import { maybeLocal } from "../../../../src/core/config/maybe-local.ts";
import { validateText } from "./whole-file.ts";

test("ids of the Hub are looked for beside the config, places and the embedded model are not", () => {
  const places = (text: string) => maybeLocal(validateText(text).resolution);
  expect(places("model: a/b\ndataset: [c/d, ./e, f.jsonl]\neval_dataset: rows\n")).toEqual([
    "/project/a/b",
    "/project/c/d",
    "/project/rows",
  ]);
  expect(places("model: smollm2-135m-instruct\ndataset: ./e\n")).toEqual([]);
  expect(places("model: ./tiny\ndataset: https://example.org/x\n")).toEqual([]);
  expect(places("model: a/b\n")).toEqual([]);
});
