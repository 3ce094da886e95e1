import { beforeAll, describe, expect, test } from "vitest";
import { vsixFiles } from "../../../.ci/setup/vsix.mjs";

describe("the package", () => {
  let files: string[];
  beforeAll(async () => {
    files = await vsixFiles();
  }, 60_000);

  test.each([
    "package.json",
    "package.nls.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "language-configuration.json",
    "dist/extension.js",
    "dist/reading.js",
    "dist/client.js",
    "dist/on-demand.js",
    "dist/modal.js",
    "dist/extension.browser.js",
    "dist/server.js",
    "dist/server.browser.js",
    "dist/webview.js",
    "dist/cli.js",
    "dist/third-party-notices.txt",
    "schemas/finetune.schema.json",
    "syntaxes/finetune.tmLanguage.json",
    "media/samples/support-triage/support_triage.jsonl",
    "python/finetune_trainer/__main__.py",
    "python/requirements/cpu.lock",
  ])("holds %s", (file) => {
    expect(files).toContain(file);
  });

  test("holds nothing else", () => {
    const expected = [
      /^(package|package\.nls|language-configuration)\.json$/,
      /^(README\.md|CHANGELOG\.md|LICENSE)$/,
      /^dist\/[a-z.-]+\.(js|css)$/,
      /^dist\/third-party-notices\.txt$/,
      /^(schemas|syntaxes)\/[\w.]+\.json$/,
      /^media\/(icons|samples|walkthrough|docs)\/.+\.(svg|png|jsonl|yaml|md|css)$/,
      /^media\/[\w-]+\.css$/,
      /^python\/finetune_trainer\/[\w/]+\.(py|json|jinja)$/,
      /^python\/requirements\/[\w-]+\.(txt|lock)$/,
    ];
    expect(files.filter((file) => !expected.some((pattern) => pattern.test(file)))).toEqual([]);
    expect(files.filter((file) => /test|__pycache__|dev\.txt/.test(file))).toEqual([]);
  });
});
