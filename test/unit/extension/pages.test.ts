import { expect, test } from "vitest";
import { bytesSource } from "../../../src/core/data/source.ts";
import { inspect } from "../../../src/core/data/inspect.ts";
import { datasetText } from "../../../src/extension/commands/dataset-text.ts";
import { doctorText, type Finding } from "../../../src/extension/commands/doctor-text.ts";
import { targetRows } from "../../../src/extension/targets/items.ts";

const GB = 2 ** 30;
const found: Finding = {
  system: { name: "linux 6.8, x64", cores: 16, memory: 64 * GB, free: 40 * GB },
  gpus: {
    gpus: [
      {
        index: 0,
        uuid: "GPU-1",
        name: "NVIDIA GeForce RTX 4090",
        total: 24 * GB,
        usable: 23.5 * GB,
        used: 2.1 * GB,
        ours: 0,
        capability: "8.9",
        driver: "580.1",
        processes: [{ pid: 1, name: "firefox", bytes: 2.1 * GB }],
      },
    ],
  },
  set: { set: "cu130", why: "NVIDIA GeForce RTX 4090, driver 580.1." },
  python: { python: "/env/bin/python", source: "ours", why: "made by setup (cu130)", version: "3.12.4" },
  cache: { path: "/cache", free: 100 * GB },
  data: { path: "/data", free: null },
  trusted: true,
};

test("a machine without trouble: what there is, and who holds the card", () => {
  const text = doctorText(found);
  expect(text).toContain("Nothing stands in the way");
  expect(text).toContain(
    "21.4 GB of 23.5 GB free, compute capability 8.9, driver 580.1; held by firefox 2.1 GB",
  );
  expect(text).toContain("Python 3.12.4, made by setup (cu130)");
});

test("each thing in the way comes with its way out", () => {
  const text = doctorText({
    ...found,
    gpus: { failed: "driver/library version mismatch" },
    python: { missing: "No Python environment for training was found.", hint: "" },
    cache: { path: "/cache", free: GB },
  });
  expect(text).toContain("nvidia-smi does not answer: driver/library version mismatch. Check the driver");
  expect(text).toContain("Run *Fine-tune: Set Up Python Environment*");
  expect(text).toMatch(/Only 1\.0 GB are free for \/cache; .* FINETUNE_CACHE_DIR/);
});

test("a data file: rows, lengths, what is wrong by line, and the first rows", async () => {
  const rows = [
    {
      messages: [
        { role: "user", content: "hi" },
        { role: "assistant", content: "```\nhello" },
      ],
    },
    { messages: [{ role: "user", content: "no answer" }] },
  ];
  const bytes = new TextEncoder().encode(rows.map((row) => JSON.stringify(row)).join("\n"));
  const text = datasetText(await inspect(bytesSource(bytes), { name: "a.jsonl" }), "a.finetune.yaml");
  expect(text).toContain("# a.jsonl");
  expect(text).toContain("- rows: 2, of which 1 can be trained on");
  expect(text).toMatch(/- line 2: /);
  expect(text).toContain("- read as a.finetune.yaml wants it");
  expect(text).toMatch(/Line 1\n\n`{4}/);
});

test("targets: free memory of each card, or that there is none; Python and why", () => {
  expect(targetRows({ gpus: found.gpus, python: { missing: "none" } })).toMatchObject([
    {
      label: "RTX 4090",
      description: "21.4 GB of 23.5 GB free",
      tooltip: expect.stringContaining("firefox: 2.1 GB"),
    },
    { label: "Python", description: "not set up", tooltip: "none" },
  ]);
  expect(targetRows({ gpus: { gpus: [] } })).toMatchObject([{ label: "CPU" }, { description: "looking" }]);
});
