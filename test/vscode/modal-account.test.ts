/**
 * Who pays on Modal, and what nobody looks after: profiles, prices, dead pumps, stops that are not carried out and
 * strays, against a Modal of our own. A counting trainer stands in the "container", so that only time passes.
 */
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../.ci/setup/places.mjs";
import { serveFake, type ServedFake } from "../modal/fake/served.ts";
import { kill, lives, pumps } from "../modal/processes.ts";
import { stepsOf } from "../modal/seen.ts";
import { finetune } from "./command-line.ts";
import { openEditor } from "./driver/editor.mjs";
import { commandLines, environmentOf, holding } from "./planted.ts";
import { expectNothingLost, finished, newestStep, runsIn } from "./run-folder.ts";
import { until } from "./until.ts";
import { notifications, openFile, runRows, showRuns, type Editor } from "./workbench.ts";
import { copyWithAgent, emptyWorkspace } from "./workspace.ts";

// Never in one piece in a text of the repository.
const planted = (kind: string, rest: string): string =>
  [kind, `PLANTED${rest}`].join(kind === "hf" ? "_" : "-");
const TOKEN = { tokenId: planted("ak", "1".repeat(15)), tokenSecret: planted("as", "2".repeat(20)) };
const HUB = planted("hf", "3".repeat(20));
const STEPS = 600;

const place = emptyWorkspace();
const beside = path.join(place.folder, "..");
const extension = path.join(beside, "extension");
const elsewhere = path.join(beside, "elsewhere");
const profiles = path.join(beside, "modal.toml");
const config = path.join(place.folder, "count.finetune.yaml");
let modal: ServedFake;
let env: NodeJS.ProcessEnv;
let editor: Editor;

const profile = (name: string, secret: string, active: boolean): string =>
  [`[${name}]`, `token_id = "${TOKEN.tokenId}"`, `token_secret = "${secret}"`, `active = ${active}`, ""].join(
    "\n",
  );

/** What would be packaged, with the counting trainer in the place of the real one's entry. */
async function countingExtension(): Promise<void> {
  await copyWithAgent(extension);
  const counting = path.join(projectRoot, "test", "unit", "launch", "trainer", "finetune_trainer");
  const entry = path.join("finetune_trainer", "__main__.py");
  cpSync(path.join(counting, "__main__.py"), path.join(extension, "python", entry));
}

function project(folder: string): void {
  mkdirSync(path.join(folder, ".finetune"), { recursive: true });
  writeFileSync(path.join(folder, "rows.jsonl"), '{"prompt": "a", "completion": "b"}\n');
  const lines = [
    "model: unsloth/Llama-3.2-1B-Instruct",
    "dataset: rows.jsonl",
    `training: {max_steps: ${STEPS}}`,
    'compute: {modal: {gpu: L4, image: "me/own:1"}}',
    "",
  ];
  writeFileSync(path.join(folder, "count.finetune.yaml"), lines.join("\n"));
}

beforeAll(async () => {
  project(place.folder);
  project(elsewhere);
  writeFileSync(
    profiles,
    profile("other", "as-of-somebody-else", true) + profile("work", TOKEN.tokenSecret, false),
  );
  modal = await serveFake({
    python: place.python,
    account: { ...TOKEN, workspace: "acme" },
    env: { COUNT_STEPS: String(STEPS), COUNT_SECONDS: "0.1", COUNT_EVERY: "50", COUNT_ADAPTER: "1000" },
  });
  await modal.hooks({ rates: { gpu_l4: "0.90" } });
  await countingExtension();
  env = {
    ...place.env,
    MODAL_SERVER_URL: modal.url,
    MODAL_CONFIG_PATH: profiles,
    HF_TOKEN: HUB,
    no_proxy: "127.0.0.1",
    // A person waits a minute before a stop is called unconfirmed.
    FINETUNE_PUMP_TIMING: JSON.stringify({ unconfirmed: 1500 }),
  };
  editor = await openEditor({ workspace: place.folder, develop: extension, dialogs: true, env });
  editor.page.setDefaultTimeout(60_000);
});
afterAll(async () => {
  for (const folder of [...runsIn(place.folder), ...runsIn(elsewhere)]) kill(folder);
  await editor.close();
  await modal.stop();
  place.remove();
});

const command = (id: string, ...args: readonly unknown[]) =>
  editor.host((vscode, name, given) => void vscode.commands.executeCommand(name, ...given), id, args);
const picked = (text: string | RegExp) =>
  editor.page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first();
const said = (pattern: RegExp) =>
  until(`a message with ${pattern}`, async () =>
    (await notifications(editor)).find((text) => pattern.test(text)),
  );
const clear = () => editor.host((vscode) => vscode.commands.executeCommand("notifications.clearAll"));
const targets = () => editor.page.locator('.pane:has-text("Targets") .monaco-list-row');
const remote = (run: string) => JSON.parse(readFileSync(path.join(run, "remote.json"), "utf8"));
const sandboxOf = async (run: string) =>
  (await modal.state()).sandboxes.find(({ name }) => name === `${path.basename(run)}.0`);

/** A button of a message; the list is opened again until the message is there. */
async function press(message: RegExp, button: string): Promise<void> {
  await said(message);
  const item = editor.page.locator(".notification-list-item", { hasText: message }).first();
  await item.getByRole("button", { name: button }).click();
}

async function signIn(name: string): Promise<void> {
  await command("finetune.modalSignIn");
  await picked(name).click();
}

test("of two profiles the active one is shown without asking Modal; the one that is chosen is used; signing out says which is left", async () => {
  await command("finetune.targets.focus");
  await targets().filter({ hasText: "profile other" }).waitFor();
  expect((await modal.state()).calls).toEqual({});
  // Modal does not take the token of the active one.
  await command("finetune.modalVerify");
  await said(/does not know this token/);
  await clear();
  await signIn("work");
  await said(/Signed in to Modal, workspace acme/);
  await targets()
    .filter({ hasText: /acme.*profile work/ })
    .waitFor();
  await clear();
  await command("finetune.modalSignOut");
  await said(/keeps no Modal token any more\. Profile other of ~\/\.modal\.toml still signs in/);
  await targets().filter({ hasText: "profile other" }).waitFor();
  await clear();
  await signIn("work");
  await said(/Signed in to Modal, workspace acme/);
  await clear();
});

/** Where the price of a GPU comes from stands in the hover of its row. */
const priceComes = (from: RegExp, gpu: RegExp) =>
  until(`${gpu} with ${from}`, async () => {
    const hover = editor.page.locator(".monaco-hover:visible", { hasText: "Price" });
    await editor.page.mouse.move(0, 0);
    // That of the row before may still be there.
    await hover.waitFor({ state: "hidden", timeout: 3000 });
    await targets().filter({ hasText: gpu }).first().hover({ timeout: 2000 });
    return from.test((await hover.textContent({ timeout: 3000 })) ?? "");
  });

test("prices are the workspace's own where Modal tells them, else those of the dated table, with the date", async () => {
  await editor.page.locator(".pane-header", { hasText: "Runs" }).first().click();
  await command("finetune.targets.focus");
  const open = (text: string) =>
    targets().filter({ hasText: text }).first().locator(".monaco-tl-twistie").click();
  await open("Modal");
  await open("GPUs");
  await priceComes(/in your workspace, as Modal just said/, /L4\s*\$0\.90 an hour/);
  // Modal named no other card.
  await priceComes(/Price of the GPU on 2026-09-18/, /T4\s*\$0\.59 an hour/);
  await modal.hooks({ rates: null });
  await command("finetune.modalRefresh");
  await priceComes(/Price of the GPU on 2026-09-18/, /L4\s*\$0\.80 an hour/);
});

async function startHere(): Promise<string> {
  const before = new Set(runsIn(place.folder));
  await showRuns(editor);
  await openFile(editor, config);
  await editor.page.locator(".codelens-decoration a", { hasText: "Run on Modal" }).first().click();
  await picked(/L4(?!0)/).click();
  return until("a run folder", async () => {
    const dialog = editor.page.locator(".monaco-dialog-box");
    if (await dialog.isVisible()) {
      expect(await dialog.textContent()).toMatch(/Tokens, by name: HF_TOKEN/);
      await dialog.getByRole("button", { name: "Run on Modal" }).click();
    }
    return runsIn(place.folder).find((folder) => !before.has(folder));
  });
}

test("a pump that is killed is replaced by the window, and no line is lost or doubled; no token is anywhere after a whole run", async () => {
  const run = await startHere();
  await until("steps", () => newestStep(run) > 20);
  const tokens = [TOKEN.tokenSecret, TOKEN.tokenId, HUB];
  const pid = (await sandboxOf(run))?.pid ?? 0;
  // The run has its token all the same.
  expect(environmentOf(pid)).toContain(`HF_TOKEN=${HUB}`);
  const [pump] = pumps(run);
  for (const token of tokens) expect(environmentOf(pump ?? 0).join("\n")).not.toContain(token);
  expect(holding(tokens, [run], commandLines())).toEqual([]);
  const killed = kill(run);
  expect(killed).toHaveLength(1);
  const at = newestStep(run);
  await until("another pump", () => pumps(run).some((each) => !killed.includes(each) && lives(each)), {
    seconds: 120,
  });
  expect((await sandboxOf(run))?.result).toBeNull();
  await until("news", () => newestStep(run) > at + 50);
  expect(await until("the end", () => finished(run, 0), { seconds: 200 })).toMatchObject({
    status: "succeeded",
  });
  await until("the last pump's end", () => remote(run).stage === "ended");
  expectNothingLost(run);
  expect(await stepsOf(run, 0)).toEqual(Array.from({ length: STEPS }, (_, index) => index + 1));
  expect((await modal.state()).calls["SandboxCreate"]).toBe(1);
  const volume = (await modal.state()).volumes["finetune-runs"] ?? "";
  rmSync(profiles);
  const texts = {
    "the page's console": editor.log.join("\n"),
    "the server's output": editor.server.output(),
  };
  expect(holding(tokens, [beside, editor.server.data, volume], { ...texts, ...commandLines() })).toEqual([]);
  writeFileSync(
    profiles,
    profile("other", "as-of-somebody-else", true) + profile("work", TOKEN.tokenSecret, false),
  );
});

test("a stop that Modal accepts and does not carry out is told as what it is, until it is done", async () => {
  await modal.hooks({ deafTerminate: true });
  const run = await startHere();
  await until("steps", () => newestStep(run) > 3);
  await command("finetune.stopNow", { kind: "run", folder: run });
  const text = await said(/Still running on Modal, costs continue/);
  expect(text).toMatch(/does not confirm it.*modal app stop unsloth-finetune/);
  const row = () => runRows(editor.page).first().textContent();
  await until("the row", async () => (await row())?.includes("Still running on Modal, costs continue"));
  await modal.hooks({ deafTerminate: false });
  await until("its end", () => remote(run).stage === "ended", { seconds: 90 });
  await until("the word for it", async () => (await row())?.includes("stopped"));
  await clear();
});

/** From a terminal, in a folder that the window does not show; its pump is then gone without a word. */
async function strayElsewhere(): Promise<string> {
  const before = new Set(runsIn(elsewhere));
  const terminal = { ...place, folder: elsewhere, env: { ...env, MODAL_PROFILE: "work" } };
  const cli = path.join(extension, "dist", "cli.js");
  const { code, output } = await finetune(
    terminal,
    ["run", "--target", "modal", "--detach", "count.finetune.yaml"],
    { cli },
  );
  expect(code, output).toBe(0);
  const run = await until("a run folder", () => runsIn(elsewhere).find((folder) => !before.has(folder)));
  await until("steps", () => newestStep(run) > 3);
  const killed = kill(run);
  await until("its pump's end", () => !killed.some(lives));
  return run;
}

test("what runs there and nobody follows is told at the start of the editor: it can be followed again, or ended", async () => {
  const left = await strayElsewhere();
  const gone = await strayElsewhere();
  rmSync(gone, { recursive: true, force: true, maxRetries: 5 });
  await editor.reload();
  const name = (folder: string) => path.basename(folder);
  expect(await said(new RegExp(name(left)))).toMatch(/costs money\. Nothing here follows it/);
  expect(await said(new RegExp(name(gone)))).toMatch(/costs money\. Its run folder is not on this computer/);
  await press(new RegExp(name(left)), "Follow It");
  await until("a pump of its own", () => pumps(left).some(lives));
  expect((await sandboxOf(left))?.result).toBeNull();
  await press(new RegExp(name(gone)), "Terminate");
  await until("its end", async () => (await sandboxOf(gone))?.result !== null);
  expect(
    await until("the end of the one that is followed", () => finished(left, 0), { seconds: 200 }),
  ).toMatchObject({
    status: "succeeded",
  });
  expectNothingLost(left);
  await clear();
  await until("its results", () => remote(left).stage === "ended");
  await command("finetune.modalStrays");
  await said(/Nothing of ours runs on Modal that is not followed here/);
  expect(readdirSync(path.join(left, "adapter"))).toContain("weights.bin");
});
