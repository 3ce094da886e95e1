// For a person with a Modal account: what only the real service can tell, in about two minutes on a T4.
//   node test/modal/smoke.mjs --yes [--gpu T4] [--profile NAME] [--image TAG] [--reread SANDBOX]
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = import.meta.dirname;
const outfile = path.resolve(here, `../../node_modules/.cache/finetune-smoke/main-${process.pid}.mjs`);
await build({
  entryPoints: [path.join(here, "smoke/main.ts")],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  logLevel: "warning",
});
await import(pathToFileURL(outfile).href);
