import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lint, typeErrors, type Finding } from "./lint.ts";
import { projectRoot, scratchCheckout, type ScratchCheckout } from "./scratch-checkout.ts";

/** One mistake a file, named by what somebody would do by accident. */
const PLANTED = {
  "src/core/uses-vscode.ts": 'import * as vscode from "vscode";\nexport const x = vscode.version;\n',
  "src/core/run/uses-node.ts": 'import { readFileSync } from "node:fs";\nexport const x = readFileSync;\n',
  "src/core/uses-a-package.ts": 'export { execa } from "execa";\n',
  "src/core/config/uses-language.ts": 'export { x } from "../../language/uses-process.ts";\n',
  "src/core/uses-time.ts": "export const x = setTimeout;\n",
  "src/language/uses-process.ts": "export const x = process.env;\n",
  "src/language/uses-server.ts": 'export type { Files } from "../server/files.ts";\n',
  "src/server/browser.ts": 'import { readFileSync } from "node:fs";\nexport const x = readFileSync;\n',
  "src/server/uses-extension.ts": 'import "../extension/main.ts";\n',
  "src/launch/uses-vscode.ts": 'import "vscode";\n',
  "src/launch/uses-machine.ts": 'import "../machine/gpu.ts";\n',
  "src/machine/uses-cli.ts": 'import "../cli/verb.ts";\n',
  "src/cli/uses-extension.ts": 'import "../extension/main.ts";\n',
  "src/extension/commands/uses-language.ts": 'export { x } from "../../language/uses-process.ts";\n',
  "src/webview/uses-vscode.ts": 'import "vscode";\n',
  "src/webview/uses-launch.ts": 'import "../launch/uses-vscode.ts";\n',
} as const;

const ALLOWED = {
  "src/core/fine.ts":
    'import * as z from "zod";\nimport { parse } from "yaml";\nimport { a } from "./facts.ts";\nexport { z, parse, a };\n',
  "src/server/fine.ts":
    'import { sep } from "node:path";\nimport { createConnection } from "vscode-languageserver/node";\nimport * as facts from "../core/facts.ts";\nexport { sep, createConnection, facts };\n',
  "src/extension/fine.ts":
    'import * as vscode from "vscode";\nimport * as launch from "../launch/launcher.ts";\nexport { vscode, launch };\n',
  "src/webview/fine.ts":
    'import { customElement } from "lit/decorators.js";\nimport * as facts from "../core/facts.ts";\nexport { customElement, facts };\n',
} as const;

const CYCLE = {
  "src/core/hen.ts": 'import type { Egg } from "./egg.ts";\nexport interface Hen { lays: Egg }\n',
  "src/core/egg.ts": 'import type { Hen } from "./hen.ts";\nexport interface Egg { of: Hen }\n',
} as const;

const FENCE = ["no-restricted-imports", "no-restricted-globals", "no-cycle"];
const fenceFindings = (findings: readonly Finding[]) => findings.filter(({ rule }) => FENCE.includes(rule));

describe("a copy with planted mistakes", () => {
  let scratch: ScratchCheckout;
  let findings: Finding[];
  let files: number;

  beforeAll(() => {
    scratch = scratchCheckout();
    for (const [file, text] of Object.entries({ ...PLANTED, ...ALLOWED, ...CYCLE }))
      scratch.write(file, text);
    ({ files, findings } = lint(scratch.folder));
  });
  afterAll(() => scratch.remove());

  test("every file is looked at", () => {
    expect(files).toBe(sources(path.join(scratch.folder, "src")).length);
  });

  test.each(Object.keys(PLANTED))("%s is caught, and told which rule it breaks", (file) => {
    const found = fenceFindings(findings).filter((finding) => finding.file === file);
    expect(found.map(({ text }) => text).join("\n")).toMatch(/may import only|are pure/);
  });

  test.each(Object.keys(ALLOWED))("%s is fine", (file) => {
    expect(fenceFindings(findings).filter((finding) => finding.file === file)).toEqual([]);
  });

  test.each(Object.keys(CYCLE))("the cycle is seen from %s, though only types go round", (file) => {
    expect(findings.filter((finding) => finding.file === file).map(({ rule }) => rule)).toContain("no-cycle");
  });

  test("the types of the pure rooms know no Node", () => {
    const errors = typeErrors(scratch.folder, "tsconfig.pure.json");
    expect(errors.filter((line) => line.startsWith("src/language/uses-process.ts"))).not.toEqual([]);
    expect(errors.filter((line) => line.startsWith("src/core/run/uses-node.ts"))).not.toEqual([]);
  });

  test("the types of the browser entries know no Node", () => {
    const errors = typeErrors(scratch.folder, "tsconfig.browser.json");
    expect(errors.filter((line) => line.startsWith("src/server/browser.ts"))).not.toEqual([]);
  });
});

test("the sources themselves keep to the fence", () => {
  const { files, findings } = lint(projectRoot);
  expect(files).toBe(sources(path.join(projectRoot, "src")).length);
  expect(fenceFindings(findings)).toEqual([]);
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
}
