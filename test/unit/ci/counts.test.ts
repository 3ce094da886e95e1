import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { countJunit, countVitest, one, sum } from "../../../.ci/stages/counts.mjs";

const scratch = mkdtempSync(path.join(tmpdir(), "finetune-counts-"));
afterAll(() => rmSync(scratch, { recursive: true }));

function file(text: string): string {
  const name = path.join(scratch, "report");
  writeFileSync(name, text);
  return name;
}

test("Vitest: tests by their state, and a file that could not be loaded as a failure", () => {
  const report = {
    numPassedTests: 3,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [
      { status: "failed", assertionResults: [{ status: "failed" }, { status: "passed" }] },
      { status: "failed", assertionResults: [] },
      { status: "passed", assertionResults: [{ status: "passed" }] },
    ],
  };
  expect(countVitest(file(JSON.stringify(report)))).toEqual({ passed: 3, failed: 2, skipped: 3 });
});

test("pytest: errors in fixtures are failures", () => {
  const report =
    '<testsuites name="all"><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1.5"></testsuite></testsuites>';
  expect(countJunit(file(report))).toEqual({ passed: 4, failed: 3, skipped: 3 });
});

test("a whole run is the sum of its stages", () => {
  expect(sum([one(true), one(false), { passed: 5, failed: 0, skipped: 2 }])).toEqual({
    passed: 6,
    failed: 1,
    skipped: 2,
  });
});
