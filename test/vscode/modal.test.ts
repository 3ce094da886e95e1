/**
 * Modal from the editor, against a Modal of our own: the unmodified SDK, the real pump, the real trainer in the
 * "container".
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveFake, type ServedFake } from "../modal/fake/served.ts";
import { openEditor } from "./driver/editor.mjs";
import { commandLines, holding } from "./planted.ts";
import { expectNothingLost, finished, runsIn } from "./run-folder.ts";
import { until } from "./until.ts";
import { notifications, openFile, panel, runRows, showRuns, type Editor } from "./workbench.ts";
import { copyWithAgent, tinyWorkspace } from "./workspace.ts";

const ID = ["ak", `PLANTED${"7".repeat(15)}`].join("-");
const SECRET = ["as", `PLANTED${"9".repeat(20)}`].join("-");

const place = tinyWorkspace();
const config = path.join(place.folder, "tiny.finetune.yaml");
const extension = path.join(place.folder, "..", "extension");
const pictures = process.env["FINETUNE_PICTURES"];
let modal: ServedFake;
let editor: Editor;
beforeAll(async () => {
  writeFileSync(config, readFileSync(config, "utf8").replace("max_steps: 150", "max_steps: 30"));
  modal = await serveFake({
    python: place.python,
    account: { tokenId: ID, tokenSecret: SECRET, workspace: "acme" },
    // There is no GPU here: the trainer may take the CPU all the same.
    override: { UNSLOTH_DISABLE_CPU_FALLBACK: null },
  });
  await copyWithAgent(extension);
  editor = await openEditor({
    workspace: place.folder,
    develop: extension,
    dialogs: true,
    env: {
      ...place.env,
      MODAL_SERVER_URL: modal.url,
      MODAL_CONFIG_PATH: path.join(place.folder, "..", "no-profiles.toml"),
      no_proxy: "127.0.0.1",
    },
  });
  editor.page.setDefaultTimeout(90_000);
});
afterAll(async () => {
  await editor.close();
  await modal.stop();
  place.remove();
});

const command = (id: string, ...args: readonly unknown[]) =>
  editor.host((vscode, name, given) => void vscode.commands.executeCommand(name, ...given), id, args);
const picked = (text: string | RegExp) =>
  editor.page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first();
const dialog = () => editor.page.locator(".monaco-dialog-box");
const said = (pattern: RegExp) =>
  until(`a message with ${pattern}`, async () =>
    (await notifications(editor)).find((text) => pattern.test(text)),
  );
const targets = () => editor.page.locator('.pane:has-text("Targets") .monaco-list-row');

async function picture(name: string): Promise<void> {
  if (pictures !== undefined) await editor.screenshot(path.join(pictures, `${name}.png`));
}

async function paste(token: string): Promise<void> {
  await command("finetune.modalSignIn");
  await picked("Paste a token").click();
  const input = editor.page.locator(".quick-input-box input");
  await until("the box for the token", async () => (await input.getAttribute("type")) === "password");
  await input.fill(token);
  await input.press("Enter");
}

test("nobody is signed in: the row says so, and Run on Modal offers the way", async () => {
  await command("finetune.targets.focus");
  await targets().filter({ hasText: "sign in to rent a GPU" }).waitFor();
  await openFile(editor, config);
  await command("finetune.runOnModal");
  await said(/Nobody is signed in to Modal/);
  expect((await modal.state()).calls).toEqual({});
});

test("a token that Modal refuses is kept nowhere", async () => {
  await paste(`modal token set --token-id ${ID} --token-secret as-wrong`);
  await said(/token/i);
  await targets().filter({ hasText: "sign in to rent a GPU" }).waitFor();
});

test("a good one signs in", async () => {
  await paste(`modal token set --token-id ${ID} --token-secret ${SECRET}`);
  await said(/Signed in to Modal, workspace acme/);
  await targets().filter({ hasText: "acme" }).waitFor();
  await editor.host((vscode) => vscode.commands.executeCommand("notifications.clearAll"));
});

let run: string;
test("Run on Modal: a GPU with fit and cost, what leaves the machine, and it trains there", async () => {
  await showRuns(editor);
  await openFile(editor, config);
  await editor.page.locator(".codelens-decoration a", { hasText: "Run on Modal" }).first().click();
  const card = picked(/L4(?!0)/);
  await card.waitFor();
  expect(await card.textContent()).toMatch(/to spare.*≈ \$/s);
  await picture("modal-gpus");
  await card.click();
  await dialog().waitFor();
  const text = await dialog().textContent();
  expect(text).toMatch(/Data and files: .*rows\.jsonl/);
  expect(text).toMatch(/\.\/tiny/);
  expect(text).toMatch(/only while this computer is on and connected/);
  await picture("modal-confirmation");
  await dialog().getByRole("button", { name: "Run on Modal" }).click();
  run = await until("a run folder", () => runsIn(place.folder)[0]);
  await until("the sandbox", async () => (await modal.state()).sandboxes.length === 1);
});

test("tree and panel follow it, with its cost, to the end; the adapter comes back byte-equal", async () => {
  await until(
    "points in the chart",
    async () =>
      Number(
        await panel(editor.page).locator('[data-chart="loss"]').getAttribute("data-total", { timeout: 1000 }),
      ) >= 3,
    { seconds: 240 },
  );
  await until("the cost in the tree", async () =>
    /\$\d/.test((await runRows(editor.page).first().textContent()) ?? ""),
  );
  await picture("modal-run");
  expect(await until("the end", () => finished(run, 0), { seconds: 300 })).toMatchObject({
    status: "succeeded",
  });
  await until(
    "the word in the tree",
    async () =>
      (await runRows(editor.page).first().textContent())?.includes("done") ||
      (await runRows(editor.page).first().textContent())?.includes("loss"),
  );
  const volume = (await modal.state()).volumes["finetune-runs"] ?? "";
  const there = path.join(volume, "runs", path.basename(run), "adapter");
  await until("the adapter", () => existsSync(path.join(run, "adapter", "adapter_model.safetensors")));
  for (const name of readdirSync(there)) {
    const [here, sent] = [path.join(run, "adapter", name), path.join(there, name)].map((file) =>
      readFileSync(file),
    );
    expect(here?.equals(sent ?? Buffer.alloc(0)), name).toBe(true);
  }
  expectNothingLost(run);
});

test("no token is in any file, log, event or command line, although the run needed one", async () => {
  const texts = {
    "the page's console": editor.log.join("\n"),
    "the server's output": editor.server.output(),
  };
  const volume = (await modal.state()).volumes["finetune-runs"] ?? "";
  const folders = [path.join(place.folder, ".."), editor.server.data, volume];
  expect(holding([ID, SECRET], folders, { ...texts, ...commandLines() })).toEqual([]);
});

test("Export Model merges it on a machine without a GPU, and the result is here", async () => {
  await until(
    "its pump's end",
    () => JSON.parse(readFileSync(path.join(run, "remote.json"), "utf8")).stage === "ended",
  );
  await editor.host((vscode) => vscode.commands.executeCommand("notifications.clearAll"));
  await command("finetune.exportRun", { kind: "run", folder: run });
  await picked("merged_16bit").click();
  const told = await until(
    "its end",
    async () => (await notifications(editor)).find((text) => !text.startsWith("Exporting tiny")),
    { seconds: 300 },
  );
  expect(told).toMatch(/tiny: merged_16bit is ready, /);
  const merged = path.join(run, "export", "merged_16bit");
  const volume = (await modal.state()).volumes["finetune-runs"] ?? "";
  const there = path.join(volume, "runs", path.basename(run), "export", "merged_16bit");
  expect(readdirSync(merged)).toContain("model.safetensors");
  for (const name of readdirSync(there)) {
    const [here, sent] = [merged, there].map((folder) => readFileSync(path.join(folder, name)));
    expect(here?.equals(sent ?? Buffer.alloc(0)), name).toBe(true);
  }
  const [training, exporting] = (await modal.state()).sandboxes;
  expect({ training: training?.gpu, exporting: exporting?.gpu }).toEqual({ training: "L4", exporting: "" });
  const { paid } = JSON.parse(readFileSync(path.join(run, "remote.json"), "utf8"));
  expect(paid.map(({ kind }: { kind: string }) => kind)).toEqual(["train", "export"]);
  await editor.host((vscode) => vscode.commands.executeCommand("notifications.clearAll"));
});

test("Targets show prices and what the volume holds, to download and to delete", async () => {
  // The whole side bar for Targets: rows that are not in sight are not drawn.
  await editor.page.locator(".pane-header", { hasText: "Runs" }).first().click();
  await command("finetune.targets.focus");
  const open = async (text: string): Promise<void> => {
    await targets().filter({ hasText: text }).first().locator(".monaco-tl-twistie").click();
  };
  await open("Modal");
  await open("GPUs");
  await targets()
    .filter({ hasText: /L40S.*an hour.*to spare/s })
    .waitFor();
  await open("Runs on the volume");
  const row = targets().filter({ hasText: path.basename(run) });
  await row.waitFor();
  await picture("modal-targets");
  await row.hover();
  await row.getByRole("button", { name: "Download from Modal" }).click();
  const box = editor.page.locator(".quick-input-widget:visible .quick-input-box input");
  const here = editor.page.locator(".quick-input-widget:visible .monaco-button", {
    hasText: "Download Here",
  });
  await box.waitFor();
  await here.waitFor();
  // The dialog writes the folder that it has read into its box, also over what a person has begun to write there.
  await until("the folder taken", async () => {
    if ((await here.count()) === 0) return true;
    await box.fill(`${place.folder}/`, { timeout: 2000 });
    await here.click({ timeout: 2000 });
    await here.waitFor({ state: "hidden", timeout: 2000 });
    return true;
  });
  const copy = path.join(place.folder, path.basename(run), "adapter", "adapter_model.safetensors");
  await until(
    "the copy",
    () =>
      existsSync(copy) &&
      readFileSync(copy).equals(readFileSync(path.join(run, "adapter", "adapter_model.safetensors"))),
  );
  await row.hover();
  await row.getByRole("button", { name: "Delete from Modal" }).click();
  await dialog().getByRole("button", { name: "Delete", exact: true }).click();
  const volume = (await modal.state()).volumes["finetune-runs"] ?? "";
  await until(
    "the run gone from the volume",
    () => !existsSync(path.join(volume, "runs", path.basename(run), "plan.json")),
  );
  expect(existsSync(path.join(run, "adapter", "adapter_model.safetensors"))).toBe(true);
});

test("the second time nothing is asked; waiting for a GPU can be cancelled and costs nothing", async () => {
  await modal.hooks({ schedule: "never" });
  await showRuns(editor);
  await openFile(editor, config);
  await editor.page.locator(".codelens-decoration a", { hasText: "Run on Modal" }).first().click();
  await picked(/L4(?!0)/).click();
  const second = await until("another run folder", () =>
    runsIn(place.folder).find((folder) => folder !== run),
  );
  expect(await dialog().count()).toBe(0);
  await until(
    "the wait in the tree",
    async () => (await runRows(editor.page).first().textContent())?.includes("waiting for an L4 on Modal"),
    { seconds: 120 },
  );
  await picture("modal-waiting");
  const asked = Date.now();
  await command("finetune.stop", { kind: "run", folder: second });
  await until(
    "the end",
    () => JSON.parse(readFileSync(path.join(second, "remote.json"), "utf8")).stage === "ended",
  );
  console.log(`cancelled ${Date.now() - asked} ms after it was asked for`);
  const remote = JSON.parse(readFileSync(path.join(second, "remote.json"), "utf8"));
  expect(remote.paid).toEqual([]);
});
