import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { canBeSilenced, CODES, diagnosticsPage } from "../../../../src/core/config/codes.ts";
import { completed, validateText } from "./whole-file.ts";

const PAGE = "media/docs/diagnostics.md";
const shown = Object.entries(CODES).filter(([, { needs }]) => needs === undefined);

describe.each(shown)("%s", (code, doc) => {
  test("its example shows it, with its severity", () => {
    const { problems } = validateText(completed(doc.example));
    const found = problems.filter((problem) => problem.code === code);
    expect(problems.map((problem) => problem.code)).toContain(code);
    expect(found[0]?.severity).toBe(doc.severity);
    expect(found[0]?.message).toMatch(/[.?]$/);
  });

  test(`a comment ${canBeSilenced(code) ? "silences" : "does not silence"} it`, () => {
    const text = completed(doc.example);
    const { parsed, problems } = validateText(text);
    const lines = text.split("\n");
    const at = problems
      .filter((problem) => problem.code === code)
      .map(({ span }) => parsed.lineAt(span.start) - 1);
    for (const line of [...new Set(at)].toSorted((a, b) => b - a)) {
      const indent = /^ */.exec(lines[line] ?? "")?.[0] ?? "";
      lines.splice(line, 0, `${indent}# finetune-ignore ${code}`);
    }
    const codes = validateText(lines.join("\n")).problems.map((problem) => problem.code);
    expect(codes.includes(code)).toBe(!canBeSilenced(code));
  });

  test(`a setting ${canBeSilenced(code) ? "turns it off" : "does not turn it off"}`, () => {
    const codes = validateText(completed(doc.example), {}, { [code]: "off" }).problems.map(
      (problem) => problem.code,
    );
    expect(codes.includes(code)).toBe(!canBeSilenced(code));
  });
});

test("every code that the source names is documented", () => {
  const folder = "src/core/config";
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.startsWith("codes"),
  );
  expect(sources.length).toBeGreaterThan(40);
  const named = sources.flatMap((name) => {
    const text = readFileSync(`${folder}/${name}`, "utf8");
    const calls = text.matchAll(
      /\b(?:error|warning|information|hint|problem|complain|found)\)?\(\s*"([a-z][a-z0-9]*(?:-[a-z0-9]+)+)"/g,
    );
    const fields = text.matchAll(/\bcode:[^"\n]*"([a-z][a-z0-9]*(?:-[a-z0-9]+)+)"/g);
    return [...calls, ...fields].map(([, code = ""]) => code);
  });
  expect(new Set(named).size).toBeGreaterThan(80);
  expect([...new Set(named)].filter((code) => !Object.hasOwn(CODES, code))).toEqual([]);
});

// Renew with: FINETUNE_RENEW=1 npx vitest run test/unit/core/config/codes.test.ts
test("the page of diagnostics is the generated one", () => {
  if (process.env["FINETUNE_RENEW"]) writeFileSync(PAGE, diagnosticsPage());
  expect(readFileSync(PAGE, "utf8"), "renew it: see above").toBe(diagnosticsPage());
});
