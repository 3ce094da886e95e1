import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dataOf, wishFor } from "../../../src/launch/config-data.ts";
import { withDataFile } from "../../../src/launch/data-file.ts";
import { loadConfig } from "../../../src/launch/load-config.ts";
import { scratch } from "./scratch.ts";

const CONFIG = `model: {name: smollm2-135m-instruct, max_seq_length: 512}
dataset:
  - {path: ./train.jsonl, format: alpaca, columns: {instruction: q}}
  - someone/set
eval_dataset: ./eval.jsonl
training: {max_steps: 5}
`;

describe("data of a config", () => {
  test("each file with how it is to be read; the Hub has no path", async () => {
    const folder = await scratch();
    await writeFile(join(folder, "x.finetune.yaml"), CONFIG);
    const { tentative } = await loadConfig(join(folder, "x.finetune.yaml"));
    expect(tentative && dataOf(tentative)).toMatchObject([
      {
        path: join(folder, "train.jsonl"),
        section: "dataset",
        options: { format: "alpaca", columns: { instruction: "q" }, maxSeqLength: 512 },
      },
      { path: null, label: "someone/set", section: "dataset" },
      { path: join(folder, "eval.jsonl"), section: "eval_dataset", options: { format: "auto", columns: {} } },
    ]);
  });

  test("the config that names a file is found, what is on the screen counts", async () => {
    const folder = await scratch();
    const config = join(folder, "x.finetune.yaml");
    const file = join(folder, "other.jsonl");
    await writeFile(config, CONFIG);
    const configs = [join(folder, "gone.finetune.yaml"), config];
    expect(await wishFor(file, configs, new Map())).toBeNull();
    const unsaved = new Map([[config, CONFIG.replace("./train.jsonl", "./other.jsonl")]]);
    expect(await wishFor(file, configs, unsaved)).toMatchObject({ config, options: { format: "alpaca" } });
  });
});

describe("a data file on a disk", () => {
  test("is read in pieces", async () => {
    const file = join(await scratch(), "a.jsonl");
    await writeFile(file, "0123456789");
    const read = await withDataFile(file, async (source) => [
      source.size,
      String(Buffer.from(await source.read(4, 3))),
    ]);
    expect(read).toEqual([10, "456"]);
  });

  test("a folder is refused", async () => {
    const folder = join(await scratch(), "data");
    await mkdir(folder);
    await expect(withDataFile(folder, () => Promise.resolve())).rejects.toThrow("is a folder");
  });
});
