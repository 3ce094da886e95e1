// A fake Modal beside whatever uses it, until its input ends or SIGTERM:
//   FAKE_MODAL='{"python": "/path/to/python", "port": 0, "env": {}, "account": {}}' node test/modal/fake/serve.mjs
// prints {"url", "control", "root", "account"}; what the control channel takes is in control.ts.
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = import.meta.dirname;
const outfile = path.resolve(
  here,
  `../../../node_modules/.cache/finetune-fake-modal/serve-${process.pid}.mjs`,
);
await build({
  entryPoints: [path.join(here, "serve.ts")],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  logLevel: "warning",
});
await import(pathToFileURL(outfile).href);
