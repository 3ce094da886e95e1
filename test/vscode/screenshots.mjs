// Makes the pictures of the README from the real editor during a real run:
//   FINETUNE_PYTHON=<interpreter with Unsloth> node test/vscode/screenshots.mjs [folder for the pictures]
// Build first (npm run build). The run is the sample on whatever device there is.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../../.ci/setup/places.mjs";
import { openEditor } from "./driver/editor.mjs";
import { smallPng } from "./driver/small-png.mjs";

const THEMES = /** @type {const} */ ([
  ["dark", "Default Dark Modern"],
  ["light", "Default Light Modern"],
  ["high-contrast", "Default High Contrast"],
  ["high-contrast-light", "Default High Contrast Light"],
]);
/** Steps after which the chart has something to say. */
const ENOUGH = 35;
const LIMIT_MS = 400_000;

const out = path.resolve(process.argv[2] ?? path.join(projectRoot, "media", "screenshots"));
const workspace = mkdtempSync(path.join(os.tmpdir(), "support-"));
cpSync(path.join(projectRoot, "media", "samples", "support-triage"), workspace, { recursive: true });

const editor = await openEditor({
  workspace,
  develop: process.env.FINETUNE_DEVELOP ?? projectRoot,
  viewport: { width: 1480, height: 920 },
  settings: {
    "finetune.pythonPath": process.env.FINETUNE_PYTHON ?? "",
    "workbench.colorTheme": THEMES[0][1],
    "window.title": "Fine-tune",
    "editor.wordWrap": "off",
  },
  env: { FINETUNE_DATA_DIR: path.join(workspace, ".data") },
});
const panel = editor.page.frameLocator("iframe.webview >> nth=-1").frameLocator("iframe");

try {
  await editor.host(
    async (vscode, file) => {
      await vscode.commands.executeCommand("workbench.view.extension.finetune");
      await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: false });
      await vscode.commands.executeCommand("finetune.run");
    },
    path.join(workspace, "support-triage.finetune.yaml"),
  );
  await until(async () => (await steps()) >= ENOUGH);
  for (const [name, theme] of THEMES) {
    await editor.host(
      (vscode, value) =>
        vscode.workspace
          .getConfiguration()
          .update("workbench.colorTheme", value, vscode.ConfigurationTarget.Global),
      theme,
    );
    await editor.page.mouse.move(5, 500);
    await editor.page.waitForTimeout(1200);
    writeFileSync(path.join(out, `${name}.png`), smallPng(await editor.page.screenshot()));
  }
  await editor.host((vscode) => vscode.commands.executeCommand("finetune.stopNow"));
} finally {
  await editor.close();
  rmSync(workspace, { recursive: true, force: true });
}

/** Steps that the loss chart of the panel shows. */
async function steps() {
  const loss = panel.locator("[data-curve=loss]");
  if ((await loss.count().catch(() => 0)) === 0) return 0;
  return Number(await loss.getAttribute("data-total"));
}

/** @param {() => Promise<boolean>} done */
async function until(done) {
  const since = Date.now();
  while (!(await done())) {
    if (Date.now() - since > LIMIT_MS) throw new Error(`Not ${ENOUGH} steps in ${LIMIT_MS / 1000} s.`);
    await editor.page.waitForTimeout(300);
  }
}
