import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import vm from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, type Metafile } from "esbuild";
import { bundledPackages } from "../../../.ci/setup/notices.mjs";
import { bundles } from "../../../esbuild.mjs";
import { talkToServer } from "./language-server.ts";
import { projectRoot } from "./scratch-checkout.ts";

const require = createRequire(import.meta.url);
const stub: unknown = require("./stub-vscode.cjs");

let folder: string;
const metafiles: Metafile[] = [];
const bundle = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "finetune-bundles-"));
  for (const options of bundles) {
    const outfile = bundle(path.basename(options.outfile ?? ""));
    const { metafile } = await build({ ...options, outfile, absWorkingDir: projectRoot, metafile: true });
    metafiles.push(metafile);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the page's script is told what it shows and checks nothing again: no schemas in it", () => {
  const script = readFileSync(bundle("webview.js"), "utf8");
  expect(script).not.toContain("ZodError");
  console.log(`webview.js has ${Math.round(script.length / 1024)} KB`);
});

test("all ten are there", () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".js"));
  expect(files.toSorted()).toEqual([
    "cli.js",
    "client.js",
    "extension.browser.js",
    "extension.js",
    "modal.js",
    "on-demand.js",
    "reading.js",
    "server.browser.js",
    "server.js",
    "webview.js",
  ]);
  for (const file of files)
    console.log(`${file.padEnd(22)} ${(readFileSync(bundle(file)).length / 1024).toFixed(0).padStart(5)} KB`);
});

describe("the extension", () => {
  test.each(["extension.js", "extension.browser.js"])("%s exports what the editor calls", (file) => {
    const inBrowser = file.includes("browser");
    const module = { exports: {} as Record<string, unknown> };
    const load = (name: string): unknown => {
      if (name === "vscode") return stub;
      if (!inBrowser && builtinModules.includes(name.replace(/^node:/, ""))) return require(name);
      throw new Error(`${file} asks for ${name}`);
    };
    const wrapped = `(function (module, exports, require) {${readFileSync(bundle(file), "utf8")}\n})`;
    const script = new vm.Script(wrapped, { filename: file });
    const evaluate = inBrowser ? script.runInContext(browserLike()) : script.runInThisContext();
    evaluate(module, module.exports, load);
    expect(module.exports).toMatchObject({ activate: expect.any(Function) });
  });
});

describe("the language server", () => {
  test("server.js answers `initialize` over its standard streams", async () => {
    const { capabilities } = await talkToServer(bundle("server.js"));
    expect(capabilities).toMatchObject({
      completionProvider: expect.anything(),
      hoverProvider: expect.anything(),
    });
  });

  test("server.browser.js listens in a worker", () => {
    const listeners: string[] = [];
    const worker = {
      onmessage: null,
      postMessage() {},
      addEventListener: (name: string) => listeners.push(name),
    };
    const context = browserLike(worker);
    vm.runInContext(readFileSync(bundle("server.browser.js"), "utf8"), context);
    expect(listeners.includes("message") || context["onmessage"] !== null).toBe(true);
  });
});

test("webview.js needs nothing but a browser", () => {
  const text = readFileSync(bundle("webview.js"), "utf8");
  expect(() => new vm.Script(text)).not.toThrow();
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.entries(outputs).flatMap(([name, { imports }]) => (name.endsWith("webview.js") ? imports : [])),
  );
  expect(inputs.filter(({ external }) => external)).toEqual([]);
  expect(text).toContain("acquireVsCodeApi");
});

test("cli.js tells its verbs", () => {
  const { status, stdout } = spawnSync(process.execPath, [bundle("cli.js"), "--help"], { encoding: "utf8" });
  for (const verb of ["validate", "run", "runs", "logs", "stop", "resume", "setup", "doctor"])
    expect(stdout).toMatch(new RegExp(`^\\s+${verb}\\b`, "m"));
  expect(status).toBe(0);
});

/** The bundles that hold a file of one of these packages. */
const holding = (packages: RegExp): string[] =>
  metafiles.flatMap(({ outputs }) =>
    Object.entries(outputs).flatMap(([name, { inputs }]) =>
      Object.entries(inputs).some(([input, { bytesInOutput }]) => bytesInOutput > 0 && packages.test(input))
        ? [path.basename(name)]
        : [],
    ),
  );

test("Modal's SDK is in a bundle of its own", () => {
  expect(holding(/node_modules\/(modal|@grpc|protobufjs)\//)).toEqual(["modal.js"]);
});

test("the editor waits for no package before it shows the views; what it loads later lies beside it", () => {
  expect(holding(/node_modules\//)).not.toContain("extension.js");
  expect(holding(/node_modules\/vscode-languageclient\//)).toEqual(["client.js", "extension.browser.js"]);
  const parts = metafiles.flatMap(({ outputs }) =>
    Object.entries(outputs).flatMap(([name, { imports }]) =>
      path.basename(name) === "extension.js" ? imports.filter(({ path: part }) => part.startsWith(".")) : [],
    ),
  );
  expect([...new Set(parts.map((part) => part.path))].toSorted()).toEqual([
    "./client.js",
    "./on-demand.js",
    "./reading.js",
  ]);
});

test("no bundle holds zod's messages in other languages, nor what reads JSON schemas", () => {
  expect(holding(/\/zod\/v4\/(locales\/(?!en\.js|index\.js)|.*from-json-schema)/)).toEqual([]);
});

test("cli.js validates where modal.js is not", () => {
  const alone = mkdtempSync(path.join(tmpdir(), "finetune-alone-"));
  try {
    copyFileSync(bundle("cli.js"), path.join(alone, "cli.js"));
    const config = path.join(alone, "c.finetune.yaml");
    writeFileSync(config, "model: smollm2-135m-instruct\ncompute:\n  target: modal\n");
    const { stdout, stderr } = spawnSync(process.execPath, ["cli.js", "validate", config, "--json"], {
      cwd: alone,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(Array.isArray(JSON.parse(stdout))).toBe(true);
  } finally {
    rmSync(alone, { recursive: true });
  }
});

describe("licences", () => {
  test("everything inside allows it, and says so in a file of its own", () => {
    const packages = bundledPackages(projectRoot, metafiles);
    expect(packages.length).toBeGreaterThan(5);
    const allowed = /^(MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0)$/;
    expect(packages.filter(({ licence }) => !allowed.test(licence))).toEqual([]);
    expect(packages.filter(({ text }) => text === "").map(({ name }) => name)).toEqual([]);
  });

  test("ours is Apache-2.0", () => {
    expect(existsSync(path.join(projectRoot, "LICENSE"))).toBe(true);
    expect(readFileSync(path.join(projectRoot, "LICENSE"), "utf8")).toContain("Apache License");
    expect(require(path.join(projectRoot, "package.json"))).toMatchObject({ license: "Apache-2.0" });
  });
});

/** A context with the names that browsers and workers have, and none of Node's. */
function browserLike(own: Record<string, unknown> = {}): vm.Context {
  const context: Record<string, unknown> = { ...Object.fromEntries(SHARED_GLOBALS), ...own };
  context["self"] = context;
  return vm.createContext(context);
}

const SHARED_GLOBALS = [
  "console",
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "queueMicrotask",
  "performance",
  "TextEncoder",
  "TextDecoder",
  "URL",
  "AbortController",
  "atob",
  "btoa",
  "fetch",
  "crypto",
  "structuredClone",
].map((name): [string, unknown] => [name, Reflect.get(globalThis, name)]);
