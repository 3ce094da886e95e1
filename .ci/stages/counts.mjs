// How a stage ends: how many of its tests passed, failed, were skipped.
import { readFileSync } from "node:fs";

/** @typedef {{passed: number, failed: number, skipped: number}} Counts */

/**
 * @typedef {object} VitestReport what we read of it
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{status: string, assertionResults: {status: string}[]}[]} testResults
 */

/** @type {Counts} */
export const none = { passed: 0, failed: 0, skipped: 0 };

/** @param {readonly Counts[]} all @returns {Counts} */
export const sum = (all) =>
  all.reduce(
    (a, b) => ({
      passed: a.passed + b.passed,
      failed: a.failed + b.failed,
      skipped: a.skipped + b.skipped,
    }),
    none,
  );

/** A check that passes or fails as a whole. @param {boolean} good @returns {Counts} */
export const one = (good) => ({ ...none, [good ? "passed" : "failed"]: 1 });

/**
 * Vitest's JSON report. A file that could not be loaded has no tests in it and counts as one failure.
 *
 * @param {string} file
 * @returns {Counts}
 */
export function countVitest(file) {
  /** @type {VitestReport} */
  const report = JSON.parse(readFileSync(file, "utf8"));
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((test) => test.status !== "failed"),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * pytest's JUnit report; an error in a fixture or at collection counts as a failure.
 *
 * @param {string} file
 * @returns {Counts}
 */
export function countJunit(file) {
  const suites = readFileSync(file, "utf8").match(/<testsuite [^>]*>/g) ?? [];
  return sum(
    suites.map((suite) => {
      const failed = attribute(suite, "failures") + attribute(suite, "errors");
      const skipped = attribute(suite, "skipped");
      return { passed: attribute(suite, "tests") - failed - skipped, failed, skipped };
    }),
  );
}

/** A whole number among the attributes of an XML tag; 0 when it is not there. @param {string} tag @param {string} name */
function attribute(tag, name) {
  return Number(new RegExp(`\\b${name}="(\\d+)"`).exec(tag)?.[1] ?? 0);
}
