import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface Configuration {
  readonly wordPattern: string;
  readonly indentationRules: {
    readonly increaseIndentPattern: string;
    readonly decreaseIndentPattern: string;
  };
  readonly onEnterRules: readonly {
    readonly beforeText: string;
    readonly action: { indent: string; appendText: string };
  }[];
}

const configuration: Configuration = JSON.parse(readFileSync("language-configuration.json", "utf8"));
const increases = new RegExp(configuration.indentationRules.increaseIndentPattern);

describe("a new line", () => {
  it.each(["model:", "  lora:  # adapters", "- method:", "text: |", "text: >-"])("goes in after %j", (line) =>
    expect(increases.test(line)).toBe(true),
  );
  it.each(["r: 16", "# model:", "name: a:b", 'path: "a:"', "- q_proj", ""])("stays after %j", (line) =>
    expect(increases.test(line)).toBe(false),
  );
  it("stands below the first key of a list item", () => {
    const actionAfter = (line: string) =>
      configuration.onEnterRules.find(({ beforeText }) => new RegExp(beforeText).test(line))?.action;
    expect(actionAfter("  - path: rows.jsonl")).toEqual({ indent: "none", appendText: "  " });
    expect(actionAfter("  - columns:")).toEqual({ indent: "indent", appendText: "  " });
    expect(actionAfter("  - q_proj")).toBeUndefined();
    expect(actionAfter("  path: rows.jsonl")).toBeUndefined();
  });
});

it("takes names and paths as words", () => {
  const words = [
    ..."  name: unsloth/Llama-3.2-1B  # data".matchAll(new RegExp(configuration.wordPattern, "g")),
  ];
  expect(words.map(([word]) => word)).toEqual(["name", "unsloth/Llama-3.2-1B", "data"]);
});
