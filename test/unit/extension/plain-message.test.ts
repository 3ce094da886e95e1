import { expect, test } from "vitest";
import { plainMessage, withoutIcons } from "../../../src/extension/plain-message.ts";

test("a name cannot put a command behind a link of a notification", () => {
  const shown = plainMessage("[free GPUs](command:workbench.action.terminal.new) failed");
  expect(shown).not.toContain("](");
  expect(shown.replaceAll("\u200b", "")).toBe("[free GPUs](command:workbench.action.terminal.new) failed");
});

test("a name cannot pretend to be an icon of the status bar", () => {
  expect(withoutIcons("$(pass) done")).not.toContain("$(");
  expect(withoutIcons("costs $5 (five)")).toBe("costs $5 (five)");
});
