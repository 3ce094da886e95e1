import { describe, expect, it } from "vitest";
import { isCannot } from "../../../../src/core/estimate/cannot.ts";
import { cardTable } from "../../../../src/core/estimate/card-table.ts";
import type { Facts } from "../../../../src/core/facts.ts";
import { configOf, DATA, type Change } from "./configs.ts";
import { datasetFact, gpuFact } from "./facts.ts";

const GIB = 2 ** 30;
function table(change: Change, facts: Facts) {
  const found = cardTable(configOf(change), facts);
  if (isCannot(found)) throw new Error(found.cannot);
  return found;
}
const two: Facts = {
  gpus: [
    gpuFact({ used: 3 * GIB }),
    gpuFact({ index: 1, uuid: "GPU-1", name: "NVIDIA GeForce RTX 3050", total: 8 * GIB }),
  ],
  datasets: { [DATA]: datasetFact() },
};

describe("the table of cards", () => {
  const found = table({ training: { per_device_train_batch_size: 4 } }, two);
  const row = (name: string) => found.rows.find((each) => each.name === name);

  it("says figure, parts and what was taken for granted", () => {
    expect(found.title).toMatch(/^≈ \d\.\d GB \(\d\.\d–\d+\.\d\) in the backward pass$/);
    expect(found.parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(found.notes.join("\n")).toMatch(/as long as those of the data they need ≈ \d\.\d GB/);
  });

  it("has a row for each card, with the edits that send the run there", () => {
    expect(row("RTX 4090")).toMatchObject({
      chosen: true,
      edits: [],
      fit: expect.stringMatching(/to spare, 3\.0 GB held by others$/),
    });
    expect(row("RTX 3050")).toMatchObject({
      verdict: "tight",
      edits: [
        { kind: "set", path: ["compute", "target"], value: "local" },
        { kind: "set", path: ["compute", "local", "gpus"], value: [1] },
      ],
    });
    expect(row("Modal L4")).toMatchObject({
      verdict: "fits",
      time: expect.stringMatching(/^≈ \d+ min$/),
      cost: expect.stringMatching(/^≈ \$0\.\d\d$/),
      edits: [
        { kind: "set", path: ["compute", "target"], value: "modal" },
        { kind: "set", path: ["compute", "modal", "gpu"], value: "L4" },
      ],
    });
  });

  it("says by how much a card is too small", () => {
    const large = table({ model: { name: "unsloth/Llama-3.3-70B-Instruct" } }, two);
    expect(large.rows.find(({ name }) => name === "RTX 4090")?.fit).toMatch(
      /^does not fit: 2\d\.\d GB too much$/,
    );
  });

  it("begins with the CPU where there is no GPU", () => {
    const none = table({}, { gpus: [], cpu: { cores: 8, memory: 16 * GIB, bf16: false } });
    expect(none.rows[0]).toMatchObject({
      name: "This CPU (8 cores)",
      where: "cpu",
      chosen: true,
      fit: "more memory than this machine has",
    });
    expect(none.rows[1]?.name).toBe("Modal T4");
  });
});
