/** What can be done with a run that has ended, from its panel: export, ask, and go on from an earlier checkpoint. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { finetune } from "./command-line.ts";
import { openEditor } from "./driver/editor.mjs";
import { curve, expectNothingLost, finished, ofType, runsIn } from "./run-folder.ts";
import { until } from "./until.ts";
import { notifications, panel, runRows, showRuns, type Editor } from "./workbench.ts";
import { copyWithAgent, tinyWorkspace } from "./workspace.ts";

const place = tinyWorkspace();
const extension = path.join(place.folder, "..", "extension");
const config = path.join(place.folder, "tiny.finetune.yaml");
let editor: Editor;
let run: string;

beforeAll(async () => {
  const text = readFileSync(config, "utf8");
  writeFileSync(
    config,
    text
      .replace("max_steps: 150", "max_steps: 12")
      .replace("save_steps: 10", "save_steps: 4\n  save_total_limit: 5"),
  );
  const { code, output } = await finetune(place, ["run", config]);
  expect(code, output).toBe(0);
  run = runsIn(place.folder)[0] ?? "";
  await copyWithAgent(extension);
  editor = await openEditor({ workspace: place.folder, develop: extension, env: place.env, dialogs: true });
  await until("the view", () => showRuns(editor));
  await until("the run", async () => (await runRows(editor.page).count()) === 1);
}, 300_000);
afterAll(async () => {
  await editor.close();
  place.remove();
});

const checkpoints = () =>
  readdirSync(path.join(run, "checkpoints"))
    .filter((name) => name.startsWith("checkpoint-"))
    .toSorted();

/** Presses a button of the artefacts until what it opens is there: a page that is just coming takes no click. */
async function press(button: string, opened: () => Promise<boolean>): Promise<void> {
  const frame = panel(editor.page);
  await until(`what "${button}" opens`, async () => {
    if (await opened()) return true;
    await editor.host(async (vscode, folder) => {
      await vscode.commands.executeCommand("finetune.openPanel", { kind: "run", folder });
    }, run);
    await frame.locator("#tab-artifacts").click({ timeout: 2000 });
    await frame.getByRole("button", { name: button }).first().click({ timeout: 2000 });
    return until("it", opened, { seconds: 5 });
  });
}

const picker = (row: string) => editor.page.locator(".quick-input-list .monaco-list-row", { hasText: row });

test("Export Model makes what is chosen, and it stands among the artefacts", async () => {
  await press("Export Model", () => picker("merged_16bit").isVisible());
  await picker("merged_16bit").click();
  const made = await until("the merged model", () => ofType(run, "artifact").find(merged), { seconds: 300 });
  expect(existsSync(path.join(run, String(made["path"]), "model.safetensors"))).toBe(true);
  await until("its row", async () =>
    (await panel(editor.page).locator("#tab-content").innerText()).includes("merged_16bit"),
  );
  const said = await until("its message", async () =>
    (await notifications(editor)).find((text) => text.includes("merged_16bit is ready")),
  );
  expect(said).toMatch(/^tiny: merged_16bit is ready, [\d.]+ [KM]B\.$/);
});
const merged = ({ kind }: { readonly [field: string]: unknown }): boolean => kind === "merged_16bit";

test("Ask the Model answers with both models on a page of its own", async () => {
  const input = editor.page.locator(".quick-input-widget input").first();
  await press("Ask the Model", () => input.isVisible());
  await input.fill("Say 7.");
  await input.press("Enter");
  const page = await until(
    "the answer",
    () =>
      editor.host((vscode) => {
        const { document } = vscode.window.activeTextEditor ?? {};
        return document?.uri.path.endsWith("answer.txt") === true ? document.getText() : null;
      }),
    { seconds: 200 },
  );
  expect(page).toMatch(/^Question\nSay 7\.\n\nBase model\n[^]*\n\nTuned model\n/);
});

test("Resume from Here goes on from an earlier checkpoint; later ones go after a question that names them", async () => {
  // A run that is finished has nothing to go on with, so it is stopped on its way.
  await finetune(place, ["run", config, "--detach"]);
  run = await until("the second run", () => runsIn(place.folder)[1]);
  await until("two checkpoints", () => ofType(run, "checkpoint").length >= 2, { seconds: 200 });
  await finetune(place, ["stop", run]);
  const end = await until("its end", () => finished(run, 0), { seconds: 60 });
  expect(end["status"]).toBe("stopped");
  const later = checkpoints().filter((name) => name !== "checkpoint-4");
  expect(later).not.toEqual([]);

  const dialog = editor.page.locator(".monaco-dialog-box");
  await press("Resume from Here: Checkpoint, step 4", () => dialog.isVisible());
  expect(await dialog.textContent()).toContain("Go on from step 4?");
  for (const name of later) expect(await dialog.textContent()).toContain(name.replace("checkpoint-", ""));
  await dialog.getByRole("button", { name: "Cancel", exact: true }).click();
  expect(checkpoints()).toEqual(["checkpoint-4", ...later].toSorted());

  await press("Resume from Here: Checkpoint, step 4", () => dialog.isVisible());
  await dialog.getByRole("button", { name: "Resume from Step 4", exact: true }).click();
  expect(await until("the end", () => finished(run, 1), { seconds: 300 })).toMatchObject({
    status: "succeeded",
  });
  expect(ofType(run, "started")[1]).toMatchObject({ resumed_from: { step: 4 } });
  expect(curve(run).map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  expectNothingLost(run);
});
