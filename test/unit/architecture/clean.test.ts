import { expect, test } from "vitest";
import { projectFiles, readProjectFile } from "./tracked-files.ts";

/** What must stay on somebody's machine. */
const FORBIDDEN: Record<string, RegExp> = {
  "a folder of a machine": /\/root\/|\/home\/\w+\/|\/work\/\w|\/Users\/\w+\/\w/,
  "a package registry": /\b(npmjs|pypi|pythonhosted)\.(org|com|io)\b/,
  "a Hugging Face token": /\bhf_[A-Za-z0-9]{30,}/,
  "a Modal token": /\ba[ks]-[A-Za-z0-9]{20,}/,
  "a GitHub token": /\bgh[pousr]_[A-Za-z0-9]{30,}/,
  "a private key": /-----BEGIN [A-Z ]*PRIVATE KEY/,
};

const BINARY = /\.(png|gif|jpe?g|webp|ico|parquet|arrow|vsix|woff2?)$/;
const files = projectFiles().filter((file) => !BINARY.test(file));

/** Tests may hold what looks like a path or a token, because recognising such is what they test. */
const EXAMPLES = /^test\/(fixtures|panel|unit)\/|^python\/tests\//;

test.each(Object.entries(FORBIDDEN))("no file holds %s", (_, pattern) => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => !EXAMPLES.test(file) && pattern.test(readProjectFile(file)))).toEqual([]);
});

test("the lock names no address, so that every registry serves", () => {
  expect(readProjectFile("package-lock.json")).not.toMatch(/"resolved"/);
});
