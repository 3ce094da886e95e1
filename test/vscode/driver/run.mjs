// Opens a real editor for a script, for trying things by hand and for pictures:
//   node test/vscode/driver/run.mjs SCRIPT.mjs --workspace DIR [--vsix FILE] [--size 1440x900]
// The script exports a default function that gets the editor (editor.mjs). Without --vsix the extension of this
// checkout runs; build it first.
import path from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../../../.ci/setup/places.mjs";
import { openEditor } from "./editor.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    workspace: { type: "string" },
    vsix: { type: "string" },
    size: { type: "string", default: "1440x900" },
  },
});
const [script] = positionals;
const [width, height] = values.size.split("x").map(Number);
if (script === undefined || values.workspace === undefined || !width || !height) {
  console.error("usage: run.mjs SCRIPT.mjs --workspace DIR [--vsix FILE] [--size 1440x900]");
  process.exit(2);
}

const { default: use } = await import(pathToFileURL(path.resolve(script)).href);
const editor = await openEditor({
  workspace: path.resolve(values.workspace),
  viewport: { width, height },
  ...(values.vsix === undefined ? { develop: projectRoot } : { vsix: path.resolve(values.vsix) }),
});
try {
  await use(editor);
} finally {
  await editor.close();
}
