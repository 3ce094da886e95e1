/** The real layer: the packaged extension, installed, fine-tunes its own sample with the real small model. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { packageVsix } from "../../.ci/setup/vsix.mjs";
import { openEditor } from "./driver/editor.mjs";
import { lifeOfARun } from "./life-of-a-run.ts";
import { sampleWorkspace } from "./workspace.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "finetune-vsix-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const vsix = await packageVsix(scratch);
console.log(`the .vsix has ${(vsix.bytes / 1024 / 1024).toFixed(2)} MB`);

const place = sampleWorkspace();
lifeOfARun({
  name: "a run of the sample, with the packaged extension",
  config: readdirSync(place.folder).find((file) => file.endsWith(".finetune.yaml")) ?? "",
  stride: 5,
  workspace: () => place,
  editor: () => openEditor({ workspace: place.folder, vsix: vsix.file, env: place.env }),
  extension: ({ server }) => {
    const extensions = path.join(server.data, "extensions");
    const own = readdirSync(extensions).find((folder) => folder.includes("unsloth-finetune"));
    if (own === undefined) throw new Error("The extension is not installed.");
    return path.join(extensions, own);
  },
});
