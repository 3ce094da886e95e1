import { expect, test } from "vitest";
import { coloured, marked } from "../../../src/webview/ansi.ts";

test("colours become classes, text stays text", () => {
  expect(coloured("\u001b[33mUserWarning\u001b[0m: <b>x</b>")).toEqual([
    { text: "UserWarning", classes: "ansi-yellow" },
    { text: ": <b>x</b>", classes: "" },
  ]);
});

test("bold and colour together; codes that colour nothing vanish", () => {
  expect(coloured("\u001b[1m\u001b[36mUnsloth\u001b[0m\u001b[K")).toEqual([
    { text: "Unsloth", classes: "ansi-cyan bold" },
  ]);
});

test("a plain line costs nothing and keeps every character", () => {
  const line = "{'loss': 0.61} & <script>alert(1)</script>";
  expect(coloured(line)).toEqual([{ text: line, classes: "" }]);
});

test("every occurrence is marked, whatever its case, and nothing is lost", () => {
  const parts = marked("Error: an error, ERRORS", "error");
  expect(parts.filter(({ hit }) => hit).map(({ text }) => text)).toEqual(["Error", "error", "ERROR"]);
  expect(parts.map(({ text }) => text).join("")).toBe("Error: an error, ERRORS");
});

test("without a query nothing is marked", () => {
  expect(marked("abc", "")).toEqual([{ text: "abc", hit: false }]);
});
