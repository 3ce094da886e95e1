import { expect, test } from "vitest";
import type { GpuFact } from "../../../src/core/facts.ts";
import { requirementSet } from "../../../src/machine/requirement-set.ts";

const gpu = (name: string, capability: string | null, driver: string | null): GpuFact => ({
  index: 0,
  uuid: name,
  name,
  total: 24 * 2 ** 30,
  usable: null,
  used: 0,
  ours: 0,
  capability,
  driver,
  processes: [],
});

test.each([
  ["linux", [], "cpu", /No NVIDIA GPU/],
  ["darwin", [gpu("?", "9.0", "580.1")], "cpu", /macOS/],
  ["linux", [gpu("RTX 4090", "8.9", "580.65.06")], "cu130", /RTX 4090, driver 580\.65\.06/],
  ["linux", [gpu("RTX 4090", "8.9", "570.86.10")], "cu128", /RTX 4090/],
  ["linux", [gpu("RTX 4090", "8.9", "535.183.01")], "cu126", /RTX 4090/],
  ["win32", [gpu("RTX 4090", "8.9", "527.0")], "cpu", /needs 528 or newer/],
  ["linux", [gpu("RTX 4090", "8.9", "470.1")], "cpu", /driver 470\.1 is too old for RTX 4090: it needs 525/],
  ["linux", [gpu("V100", "7.0", "580.1")], "cu126", /V100/],
  ["linux", [gpu("RTX 5090", "12.0", "575.1")], "cu128", /RTX 5090/],
  ["linux", [gpu("RTX 5090", "12.0", "560.1")], "cpu", /needs 570 or newer/],
  ["linux", [gpu("GTX 1080", "6.1", "580.1")], "cpu", /older than Unsloth supports/],
  ["linux", [gpu("GTX 1080", "6.1", "580.1"), gpu("RTX 3060", "8.6", "580.1")], "cu130", /RTX 3060/],
  ["linux", [gpu("?", null, null)], "cpu", /compute capability unknown/],
] as const)("%s %o: %s", (platform, gpus, set, why) => {
  const choice = requirementSet(platform, gpus);
  expect(choice.set).toBe(set);
  expect(choice.why).toMatch(why);
});
