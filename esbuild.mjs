// One build for all bundles: node esbuild.mjs [--watch] [--dev]
import { writeFileSync } from "node:fs";
import path from "node:path";
import { build, context } from "esbuild";
import { reachableModal } from "./.ci/setup/modal-sdk.mjs";
import { bundledPackages, noticesText } from "./.ci/setup/notices.mjs";

const dev = process.argv.includes("--dev") || process.argv.includes("--watch");

/**
 * What is loaded later is a bundle of its own: the editor compiles all of `extension.js` before it shows anything,
 * and Modal's SDK is as large as everything else.
 *
 * @param {string} module @param {string} bundle
 * @returns {import("esbuild").Plugin}
 */
const apart = (module, bundle) => ({
  name: bundle,
  setup(plugin) {
    plugin.onResolve({ filter: new RegExp(`/${module}\\.ts$`) }, ({ kind }) =>
      kind === "dynamic-import" ? { path: `./${bundle}`, external: true } : undefined,
    );
  },
});
const onDemand = apart("on-demand", "on-demand.js");
const reading = apart("reading", "reading.js");
const client = apart("client-library", "client.js");
const modal = apart("modal-sdk", "modal.js");

/** yaml's build for Node asks the environment at every token, for a fifth of the time of parsing; this one does not. */
export const alias = { yaml: path.join(import.meta.dirname, "node_modules/yaml/browser/index.js") };

/** @satisfies {import("esbuild").BuildOptions} */
const common = {
  bundle: true,
  alias,
  minify: !dev,
  sourcemap: dev && "linked",
  legalComments: "none",
  logLevel: "warning",
  // The default picks UMD builds that turn jsonc-parser and others into silently broken bundles.
  mainFields: ["module", "main"],
  define: { "process.env.NODE_ENV": dev ? '"development"' : '"production"' },
};
/** @satisfies {import("esbuild").BuildOptions} */
const node = {
  ...common,
  platform: "node",
  format: "cjs",
  target: "node20",
  // `import()` of CommonJS scans the whole text for its exports first, which takes longer than to compile it:
  // a bundle that is loaded later is required, as late.
  supported: { "dynamic-import": false },
};

/** @type {import("esbuild").BuildOptions[]} */
export const bundles = [
  {
    ...node,
    entryPoints: ["src/extension/main.ts"],
    outfile: "dist/extension.js",
    external: ["vscode"],
    plugins: [onDemand, reading, client],
  },
  {
    ...node,
    entryPoints: ["src/extension/jobs/reading.ts"],
    outfile: "dist/reading.js",
    external: ["vscode"],
  },
  {
    ...node,
    entryPoints: ["src/extension/client-library.ts"],
    outfile: "dist/client.js",
    external: ["vscode"],
  },
  {
    ...node,
    entryPoints: ["src/extension/on-demand.ts"],
    outfile: "dist/on-demand.js",
    external: ["vscode"],
    plugins: [modal],
  },
  { ...node, entryPoints: ["src/server/node.ts"], outfile: "dist/server.js" },
  {
    ...node,
    entryPoints: ["src/cli/main.ts"],
    outfile: "dist/cli.js",
    banner: { js: "#!/usr/bin/env node" },
    plugins: [modal],
  },
  {
    ...node,
    entryPoints: ["src/launch/modal/modal-sdk.ts"],
    outfile: "dist/modal.js",
    plugins: [reachableModal(import.meta.dirname)],
  },
  {
    ...common,
    platform: "browser",
    format: "iife",
    target: "es2022",
    entryPoints: ["src/webview/main.ts"],
    outfile: "dist/webview.js",
  },
  {
    ...common,
    platform: "browser",
    format: "cjs",
    target: "es2022",
    entryPoints: ["src/extension/browser.ts"],
    outfile: "dist/extension.browser.js",
    external: ["vscode"],
  },
  {
    ...common,
    platform: "browser",
    format: "iife",
    target: "es2022",
    entryPoints: ["src/server/browser.ts"],
    outfile: "dist/server.browser.js",
  },
];

/** Builds all bundles and, beside them, the licences of the packages inside. */
async function buildAll() {
  const results = await Promise.all(bundles.map((options) => build({ ...options, metafile: true })));
  const packages = bundledPackages(
    import.meta.dirname,
    results.map(({ metafile }) => metafile),
  );
  writeFileSync(path.join(import.meta.dirname, "dist", "third-party-notices.txt"), noticesText(packages));
}

if (process.argv[1]?.endsWith("esbuild.mjs")) {
  if (process.argv.includes("--watch")) for (const options of bundles) await (await context(options)).watch();
  else await buildAll();
}
