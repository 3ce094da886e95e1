/** "Fix all" on whole files: `x.finetune.yaml` must become `x.golden.yaml`, character by character. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { applyEdits, textEdits } from "../../../../src/core/config/edits.ts";
import { validate } from "../../../../src/core/config/validate.ts";
import { dotted } from "../../../../src/core/config/value.ts";

const FOLDER = "test/fixtures/fixes";
const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".finetune.yaml"))
  .map((name) => name.replace(".finetune.yaml", ""));

const check = (text: string) =>
  validate(text, { path: "/project/x.finetune.yaml", read: () => ({ missing: "no such file" }) });

test("the pairs are there", () => expect(names.length).toBeGreaterThanOrEqual(10));

test.each(names)("%s", (name) => {
  const text = readFileSync(`${FOLDER}/${name}.finetune.yaml`, "utf8");
  const golden = readFileSync(`${FOLDER}/${name}.golden.yaml`, "utf8");
  const expected = /^# expect: (.+)$/m.exec(text)?.[1];
  const { parsed, problems } = check(text);
  const severe = problems.filter(({ severity }) => severity === "error" || severity === "warning");
  expect(severe.map(({ code, path }) => `${code}@${dotted(path)}`).join(", ")).toBe(expected);
  const edits = severe.flatMap(({ fixes }) => fixes?.find(({ preferred }) => preferred)?.edits ?? []);
  expect(applyEdits(parsed, edits)).toBe(golden);
  // The same as changes of the text, for an editor.
  let changed = "";
  let from = 0;
  for (const { span, text: added } of textEdits(parsed, edits)) {
    expect(span.start).toBeGreaterThanOrEqual(from);
    changed += text.slice(from, span.start) + added;
    from = span.end;
  }
  expect(changed + text.slice(from)).toBe(golden);
  const after = check(golden).problems.filter(
    ({ severity }) => severity === "error" || severity === "warning",
  );
  expect(after).toEqual([]);
});
