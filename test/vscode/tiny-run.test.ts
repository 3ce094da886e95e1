/** The fast layer: the extension of this checkout, copied, with a tiny random model. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll } from "vitest";
import { openEditor } from "./driver/editor.mjs";
import { lifeOfARun } from "./life-of-a-run.ts";
import { copyOfExtension, tinyWorkspace } from "./workspace.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "finetune-extension-"));
const extension = path.join(scratch, "extension");
beforeAll(() => copyOfExtension(extension));
afterAll(() => rmSync(scratch, { recursive: true }));

const place = tinyWorkspace();
lifeOfARun({
  name: "a run of a tiny model, with the extension under development",
  config: "tiny.finetune.yaml",
  stride: 10,
  workspace: () => place,
  editor: () => openEditor({ workspace: place.folder, develop: extension, env: place.env }),
  extension: () => extension,
});
