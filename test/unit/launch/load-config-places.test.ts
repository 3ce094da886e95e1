import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../../src/launch/load-config.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "load-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const load = async (text: string) => {
  const path = join(folder, "a.finetune.yaml");
  writeFileSync(path, text);
  return loadConfig(path);
};

test("a folder beside the config is data, though its name could be an id of the Hub", async () => {
  mkdirSync(join(folder, "rows", "clean"), { recursive: true });
  const { config, problems } = await load("model: smollm2-135m-instruct\ndataset: rows/clean\n");
  expect(problems).toEqual([]);
  expect(config?.dataset[0]).toMatchObject({ hub: null, input: "dataset.0" });
  expect(config?.locals["dataset.0"]).toMatchObject({ kind: "folder", path: join(folder, "rows", "clean") });
});

test("a missing file is told beside other errors, with a name that could be meant", async () => {
  writeFileSync(join(folder, "chats.jsonl"), "{}\n");
  const { problems, config } = await load(
    "model: smollm2-135m-instruct\ndataset: chat.jsonl\ntraining: {max_stps: 1}\n",
  );
  expect(config).toBeNull();
  expect(problems.map(({ code }) => code)).toEqual(["file-missing", "unknown-key"]);
  expect(problems[0]?.message).toContain("Did you mean chats.jsonl?");
});
