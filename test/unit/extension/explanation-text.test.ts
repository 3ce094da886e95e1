import { expect, test } from "vitest";
import { explain } from "../../../src/core/failures/explain.ts";
import { explanationPage } from "../../../src/extension/commands/explanation-text.ts";

const LOG = [
  "step 12",
  "Traceback (most recent call last):",
  '  File "train.py", line 3, in <module>',
  "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.",
  "",
].join("\n");

test("cause, line, fix and the place in the only config", () => {
  const page = explanationPage({
    name: "train.log",
    found: explain(LOG),
    last: null,
    config: { name: "support.finetune.yaml", lineOf: () => 12 },
  });
  expect(page).toMatch(/^# train\.log\n\n## .*memory/i);
  expect(page).toMatch(/\n- \*\*Do:\*\* .{10}/);
  expect(page).toMatch(/\n- \*\*Config:\*\* training\.\w+ \(support\.finetune\.yaml:12\)\n/);
  expect(page).toContain("- **Found:** line 4");
  expect(page).toContain("    torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.");
  expect(page).toMatch(/\nCode: [\w-]+\n$/);
});

test("without a config the key alone; nothing known: its last words; empty: that", () => {
  const page = explanationPage({ name: "x", found: explain(LOG), last: null, config: null });
  expect(page).toMatch(/\*\*Config:\*\* training\.\w+\n/);
  expect(explanationPage({ name: "x", found: [], last: "odd end", config: null })).toBe(
    "# x\n\nNo failure that is known here. The log ends with:\n\n    odd end\n",
  );
  expect(explanationPage({ name: "x", found: [], last: null, config: null })).toContain("The log is empty.");
});
