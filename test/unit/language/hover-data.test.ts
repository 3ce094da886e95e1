import { describe, expect, test } from "vitest";
import { datasetFact } from "../../../src/core/data/facts.ts";
import { inspect } from "../../../src/core/data/inspect.ts";
import { bytesSource } from "../../../src/core/data/source.ts";
import { hover } from "../../../src/language/hover.ts";
import { analysed } from "./analysed.ts";
import { marked } from "./marked.ts";

const ROWS = `{"instruction":"Name a fruit","output":"Pear"}\n{"instruction":"Fence","output":"\`\`\`js"}\n`;

/** What a hover at `|` says when the data file is known. */
async function hoverAt(yaml: string): Promise<string> {
  const { text, offset } = marked(yaml);
  const report = await inspect(bytesSource(new TextEncoder().encode(ROWS)), { name: "a.jsonl" });
  const analysis = analysed(text, { facts: { datasets: { "/w/a.jsonl": datasetFact(report, 1) } } });
  const found = hover(analysis, offset);
  return found && typeof found.contents === "object" && "value" in found.contents ? found.contents.value : "";
}

const MODEL = "model: smollm2-135m-instruct\n";

describe("hover on a data file", () => {
  test("what is in it, and its first rows with what is learnt", async () => {
    const said = await hoverAt(`${MODEL}dataset: ./a.js|onl\n`);
    expect(said).toContain("**alpaca** · 2 rows · p95 ≈ 4 tokens, longest ≈ 4 · 1 KB");
    expect(said).toContain("Columns: `instruction`, `output`");
    expect(said).toContain(
      "Line 1 (▌ is learnt)\n\n```text\n  user       Name a fruit\n▌ assistant  Pear\n```",
    );
  });

  test("a row that holds a fence does not break out of its own", async () => {
    expect(await hoverAt(`${MODEL}dataset: ./a.js|onl\n`)).toContain(
      "````text\n  user       Fence\n▌ assistant  ```js\n````",
    );
  });

  test("wherever the path stands, and by the wishes of its section", async () => {
    for (const section of [
      "dataset: {path: ./a.js|onl}\n",
      "dataset:\n  - ./b.jsonl\n  - ./a.js|onl\n",
      "dataset:\n  - path: ./b.jsonl\n  - path: ./a.js|onl\n",
      "dataset: ./b.jsonl\neval_dataset: ./a.js|onl\n",
    ]) {
      expect(await hoverAt(MODEL + section), section).toContain("▌ assistant  Pear");
    }
    const all = await hoverAt(`${MODEL}dataset: {path: ./a.js|onl, train_on_responses_only: false}\n`);
    expect(all).toContain("▌ user       Name a fruit");
  });

  test("nothing of it on other keys, on the key itself, or when nothing is known", async () => {
    for (const yaml of [
      "dataset: {path: ./a.jsonl, format: al|paca}\n",
      "data|set: ./a.jsonl\n",
      "dataset: ./c.js|onl\n",
    ]) {
      expect(await hoverAt(MODEL + yaml), yaml).not.toContain("is learnt");
    }
  });
});
