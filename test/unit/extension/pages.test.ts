import { expect, test } from "vitest";
import { bytesSource } from "../../../src/core/data/source.ts";
import { inspect } from "../../../src/core/data/inspect.ts";
import { datasetText } from "../../../src/extension/commands/dataset-text.ts";
import { doctorText } from "../../../src/extension/commands/doctor-text.ts";
import type { GpuAnswer } from "../../../src/machine/gpu.ts";
import { targetRows } from "../../../src/extension/targets/items.ts";

const GB = 2 ** 30;
const gpus: GpuAnswer = {
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
};

test("doctor: what stands in the way comes first, the worst of it before the rest, each with its way out", () => {
  const text = doctorText([
    { code: "system", area: "system", level: "fine", message: "linux, 16 cores" },
    { code: "disk-low", area: "disk", level: "warning", message: "1 GB free.", fix: "Free some." },
    {
      code: "no-environment",
      area: "python",
      level: "problem",
      message: "No Python.",
      fix: "Run finetune setup.",
    },
  ]);
  expect(text).toBe(
    "# Doctor\n\n- **problem** No Python. Run finetune setup.\n- **warning** 1 GB free. Free some.\n\n" +
      "## System\n\n- linux, 16 cores\n\n## Python\n\n- **problem** No Python.\n\n## Folders\n\n- **warning** 1 GB free.\n",
  );
});

test("doctor: a machine without trouble says so", () => {
  expect(doctorText([{ code: "system", area: "system", level: "fine", message: "fine" }])).toContain(
    "Nothing stands in the way",
  );
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
  expect(targetRows({ gpus, python: { missing: "none" } })).toMatchObject([
    {
      label: "RTX 4090",
      description: "21.4 GB of 23.5 GB free",
      tooltip: expect.stringContaining("firefox: 2.1 GB"),
    },
    { label: "Python", description: "not set up", tooltip: "none" },
  ]);
  expect(targetRows({ gpus: { gpus: [] } })).toMatchObject([{ label: "CPU" }, { description: "looking" }]);
});
