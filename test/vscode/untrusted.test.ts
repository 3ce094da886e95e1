/** A folder that nobody vouches for: its runs are shown, nothing is started, and no link leads out of it. */
import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  addEvents,
  finishedLine,
  makeRun,
  recordAttempt,
  startedLine,
  stepLine,
} from "../unit/launch/scratch.ts";
import { projectRoot } from "../../.ci/setup/places.mjs";
import { openEditor } from "./driver/editor.mjs";
import { runsIn } from "./run-folder.ts";
import { until } from "./until.ts";
import { notifications, runRows, showRuns, type Editor } from "./workbench.ts";
import { copyOfExtension, emptyWorkspace } from "./workspace.ts";

const place = emptyWorkspace();
const outside = path.join(place.folder, "..", "outside");
const extension = path.join(place.folder, "..", "extension");
const rented = "20261125-120000-rented-0003";
/** Whoever asks Modal anything from here is counted. */
let asked = 0;
const listener = createServer((socket) => {
  asked += 1;
  socket.destroy();
});
const SECRET = "a secret that lies outside of the workspace";
let editor: Editor;
let honest: string;

/** Goes on over there, and its pump has died: in a folder that is trusted it would be followed again. */
async function rentedRun(): Promise<void> {
  const folder = await makeRun(place.folder, rented);
  await recordAttempt(folder, 0, { target: "modal", pid: null });
  const file = path.join(folder, "run.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), target: "modal" }));
  await addEvents(folder, startedLine(), stepLine(1, 1));
  const ago = Date.now() / 1000 - 3600;
  const remote = {
    version: 1,
    attempt: 0,
    stage: "running",
    since: ago,
    detail: null,
    progress: null,
    gpu: "L4",
    app: "unsloth-finetune",
    environment: null,
    name: `${rented}.0`,
    sandbox: `sb-${"a".repeat(22)}`,
    image: null,
    volume: "finetune-runs",
    limit: null,
    planned_attempts: 1,
    allowed_attempts: 3,
    contact: { ok: true, since: ago, reason: null },
    paid: [],
    rate: null,
    max_cost_usd: 15,
    problem: null,
    written: ago,
  };
  writeFileSync(path.join(folder, "remote.json"), JSON.stringify(remote));
  const plan = JSON.parse(
    readFileSync(path.join(projectRoot, "test", "fixtures", "plans", "support-triage.json"), "utf8"),
  );
  plan.compute = {
    ...plan.compute,
    target: "modal",
    modal: { gpu: "L4", max_cost_usd: 15, max_attempts: 3 },
  };
  writeFileSync(path.join(folder, "plan.json"), JSON.stringify(plan));
  writeFileSync(path.join(folder, "inputs.json"), "{}");
}

async function finishedRun(id: string): Promise<string> {
  const folder = await makeRun(place.folder, id);
  await recordAttempt(folder, 0);
  await addEvents(folder, startedLine(), stepLine(1, 1), finishedLine(2, "succeeded"));
  mkdirSync(path.join(folder, "config"));
  writeFileSync(path.join(folder, "config", "support.finetune.yaml"), "model: smollm2-135m-instruct\n");
  return folder;
}

beforeAll(async () => {
  mkdirSync(outside);
  writeFileSync(path.join(outside, "secret.txt"), `${SECRET}\n`);
  honest = await finishedRun("20261125-100000-honest-0001");
  const trap = await finishedRun("20261125-110000-trap-0002");
  renameSync(path.join(trap, "events.jsonl"), path.join(outside, "events.jsonl"));
  symlinkSync(path.join(outside, "events.jsonl"), path.join(trap, "events.jsonl"));
  // Says that its config is a file of this computer.
  const info: object = JSON.parse(readFileSync(path.join(honest, "run.json"), "utf8"));
  const lie = { ...info, source: path.join(outside, "secret.txt"), config: "../../../../outside/secret.txt" };
  writeFileSync(path.join(honest, "run.json"), JSON.stringify(lie));
  writeFileSync(
    path.join(place.folder, "a.finetune.yaml"),
    "model: smollm2-135m-instruct\ndataset: rows.jsonl\n",
  );
  await rentedRun();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const profiles = path.join(outside, "modal.toml");
  writeFileSync(profiles, '[mine]\ntoken_id = "ak-a"\ntoken_secret = "as-b"\nactive = true\n');
  await copyOfExtension(extension);
  editor = await openEditor({
    workspace: place.folder,
    develop: extension,
    env: {
      ...place.env,
      MODAL_SERVER_URL: `http://127.0.0.1:${address.port}`,
      MODAL_CONFIG_PATH: profiles,
      no_proxy: "127.0.0.1",
    },
    trusted: false,
  });
  await showRuns(editor);
});
afterAll(async () => {
  await editor.close();
  listener.close();
  place.remove();
});

test("the honest run is shown, the one that leads out is left out and named", async () => {
  expect(await editor.host((vscode) => vscode.workspace.isTrusted)).toBe(false);
  await until("two rows", async () => (await runRows(editor.page).count()) === 2);
  expect(await runRows(editor.page).first().textContent()).toContain("support-triage");
  const said = await until("the sentence above the list", async () => {
    const text = await editor.page.locator('.pane:has-text("Runs") .message').first().textContent();
    return text?.includes("leads out of this workspace") ? text : undefined;
  });
  expect(said).toContain("20261125-110000-trap-0002");
});

test("a run that names a file of this computer as its config shows its own copy, or nothing", async () => {
  const press = () =>
    editor.host((vscode, folder) => {
      void vscode.commands.executeCommand("finetune.openRunConfig", { kind: "run", folder });
    }, honest);
  const open = () =>
    editor.host((vscode) => {
      const document = vscode.window.activeTextEditor?.document;
      return document === undefined ? null : { name: document.fileName, text: document.getText() };
    });
  await press();
  // "../../../../outside/secret.txt" has no copy of that name in the run.
  await until("the refusal", async () =>
    (await notifications(editor)).find((text) => text.includes("cannot be read here")),
  );
  expect((await open())?.text ?? "").not.toContain(SECRET);
  const info: object = JSON.parse(readFileSync(path.join(honest, "run.json"), "utf8"));
  writeFileSync(
    path.join(honest, "run.json"),
    JSON.stringify({ ...info, config: "config/support.finetune.yaml" }),
  );
  await until("its row again", async () => {
    await editor.host(async (vscode) => {
      await vscode.commands.executeCommand("finetune.refresh");
    });
    return (await runRows(editor.page).count()) === 2;
  });
  rmSync(path.join(honest, "summary.json"), { force: true });
  await editor.reload();
  await showRuns(editor);
  await until("its row", async () => (await runRows(editor.page).count()) === 2);
  await press();
  const shown = await until("the copy", async () => {
    const document = await open();
    return document?.name.endsWith("support.finetune.yaml") ? document : undefined;
  });
  expect(shown.text).toContain("smollm2-135m-instruct");
});

test("nothing is started, stopped, deleted or cleaned up", async () => {
  for (const command of [
    "runOnModal",
    "modalSignIn",
    "modalVerify",
    "modalStrays",
    "exportRun",
    "run",
    "resume",
    "stop",
    "deleteRun",
    "cleanUp",
    "runAgain",
    "setUpEnvironment",
    "doctor",
  ]) {
    await editor.host(async (vscode) => {
      await vscode.commands.executeCommand("notifications.clearAll");
    });
    await editor.host(
      (vscode, id, folder) => {
        void vscode.commands.executeCommand(`finetune.${id}`, { kind: "run", folder });
      },
      command,
      honest,
    );
    await until(`the refusal of ${command}`, async () =>
      (await notifications(editor)).find((text) => text.includes("Restricted Mode")),
    );
  }
  expect(runsIn(place.folder).map((folder) => path.basename(folder))).toEqual([
    "20261125-100000-honest-0001",
    "20261125-110000-trap-0002",
    rented,
  ]);
  // No pump was spawned for the run whose pump has died, and nobody signed in.
  expect(existsSync(path.join(place.folder, ".finetune", "runs", rented, "pump"))).toBe(false);
  expect(existsSync(path.join(place.folder, ".finetune", "runs", rented, "pump.log"))).toBe(false);
  expect(asked).toBe(0);
});
