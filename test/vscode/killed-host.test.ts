/** One run, and an editor whose extension host is killed again and again: nothing of the run may notice. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openEditor } from "./driver/editor.mjs";
import { curve, expectNothingLost, events, finished, newestStep, ofType, runsIn } from "./run-folder.ts";
import { until } from "./until.ts";
import { panel, runRows, showRuns, shownPoints, type Editor } from "./workbench.ts";
import { copyOfExtension, tinyWorkspace } from "./workspace.ts";

/** Twenty prove it, two are quick: FINETUNE_KILLS=20. */
const KILLS = Number(process.env["FINETUNE_KILLS"] ?? 2);
/** More than there is time for: the run is stopped when the last kill is behind it. */
const STEPS = 20_000;

const place = tinyWorkspace();
const config = path.join(place.folder, "tiny.finetune.yaml");
const extension = path.join(place.folder, "..", "extension");
let editor: Editor;
beforeAll(async () => {
  await copyOfExtension(extension);
  writeFileSync(
    config,
    [
      "model: {name: ./tiny, max_seq_length: 256, dtype: float32, load_in_16bit: true}",
      "dataset: rows.jsonl",
      `training: {max_steps: ${STEPS}, save_steps: 20, logging_steps: 1, per_device_train_batch_size: 4, gradient_accumulation_steps: 4}`,
    ].join("\n"),
  );
  editor = await openEditor({ workspace: place.folder, develop: extension, env: place.env });
});
afterAll(async () => {
  await editor.close();
  place.remove();
});

const openPanel = (run: string) =>
  editor.host(async (vscode, folder) => {
    await vscode.commands.executeCommand("finetune.openPanel", { kind: "run", folder });
  }, run);

test(`killed ${KILLS} times at random moments of one run: no event lost or doubled, the training unharmed`, async () => {
  await showRuns(editor);
  await editor.host((vscode, file) => {
    void vscode.commands.executeCommand("finetune.run", vscode.Uri.file(file));
  }, config);
  const run = await until("a run folder", () => runsIn(place.folder)[0], { seconds: 60 });
  // A host that is killed before it has started anything is another story: killed-launcher.test.ts.
  await until("its trainer", () => ofType(run, "started").length > 0, { seconds: 60 });
  const killedAt: string[] = [];
  for (let kill = 0; kill < KILLS && finished(run, 0) === undefined; kill += 1) {
    // The first one while it starts, the others while it trains.
    if (kill > 0) await until("its training", () => newestStep(run) > 0, { seconds: 180 });
    await delay(Math.random() * 4000);
    killedAt.push(newestStep(run) === 0 ? "start" : String(newestStep(run)));
    editor.killHost();
    await delay(Math.random() * 1000);
    await editor.reload();
    await showRuns(editor);
    await until("one run in the tree", async () => (await runRows(editor.page).count()) === 1);
    await openPanel(run);
    await until("every step so far in the panel", async () => {
      const shown = (await shownPoints(editor.page)).map(({ step }) => step);
      const made = curve(run).map(({ step }) => step);
      // The run goes on meanwhile: what is shown is a beginning of it, without holes or doubles.
      return shown.length >= made.length - 2 && shown.every((step, index) => step === made[index]);
    });
  }
  await editor.host(async (vscode, folder) => {
    await vscode.commands.executeCommand("finetune.stop", { kind: "run", folder });
  }, run);
  const end = await until("the end", () => finished(run, 0), { seconds: 180 });
  expect(end).toMatchObject({ status: "stopped", reason: "user" });
  expectNothingLost(run);
  const steps = Number(end["step"]);
  expect(curve(run).map(({ step }) => step)).toEqual(Array.from({ length: steps }, (_, index) => index + 1));
  expect(ofType(run, "started")).toHaveLength(1);
  expect(runsIn(place.folder)).toEqual([run]);
  await until("its end in the panel", async () =>
    (await panel(editor.page).locator("body").textContent({ timeout: 1000 }))?.includes("stopped"),
  );
  console.log(
    `${killedAt.length} kills at step ${killedAt.join(", ")}; ${events(run).length} events, 0 lost, 0 doubled; ${curve(run).length} of ${steps} steps`,
  );
}, 1_800_000);
