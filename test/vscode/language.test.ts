/** Editing a config: what the person types, and what the editor says to it. */
import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CodeAction, Hover } from "vscode";
import { projectRoot } from "../../.ci/setup/places.mjs";
import { openEditor } from "./driver/editor.mjs";
import { until } from "./until.ts";
import { openFile, type Editor } from "./workbench.ts";
import { sampleWorkspace } from "./workspace.ts";

const place = sampleWorkspace();
const config = readdirSync(place.folder).find((name) => name.endsWith(".finetune.yaml")) ?? "";
const file = path.join(place.folder, config);
const sample = readFileSync(file, "utf8");

let editor: Editor;
beforeAll(async () => {
  editor = await openEditor({ workspace: place.folder, develop: projectRoot, env: place.env });
});
afterAll(async () => {
  await editor.close();
  place.remove();
});

/** Shows the config with another text; it is not saved, as while somebody types. */
async function write(text: string): Promise<void> {
  await openFile(editor, file);
  await editor.host(async (vscode, content) => {
    const { document } = vscode.window.activeTextEditor!; // openFile has just shown it
    const edit = new vscode.WorkspaceEdit();
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    edit.replace(document.uri, whole, content);
    await vscode.workspace.applyEdit(edit);
  }, text);
}

const text = () => editor.host((vscode) => vscode.window.activeTextEditor?.document.getText() ?? "");

interface Shown {
  readonly code: string;
  readonly severity: number;
  readonly message: string;
  /** The text that is underlined. */
  readonly text: string;
  readonly line: number;
}

const diagnostics = () =>
  editor.host((vscode) => {
    const { document } = vscode.window.activeTextEditor!; // a test has opened one
    return vscode.languages.getDiagnostics(document.uri).map(({ code, severity, message, range }): Shown => ({
      code: String(typeof code === "object" ? code.value : code),
      severity,
      message,
      text: document.getText(range),
      line: range.start.line + 1,
    }));
  });

const diagnostic = (code: string) =>
  until(`the diagnostic ${code}`, async () => (await diagnostics()).find((shown) => shown.code === code));

beforeEach(() => write(sample));

test("the sample is a config without errors", async () => {
  const language = await editor.host((vscode) => vscode.window.activeTextEditor?.document.languageId);
  expect(language).toBe("finetune");
  await write(`${sample}nonsense: 1\n`);
  await diagnostic("unknown-key"); // the server has answered
  await write(sample);
  await until("no error", async () => (await diagnostics()).every(({ severity }) => severity !== 0));
});

test("a key completes as it is typed", async () => {
  await write(sample.replace("training:\n", "training:\n\n"));
  await editor.host(async (vscode) => {
    const { document } = vscode.window.activeTextEditor!; // beforeEach has opened it
    const line = document.getText().split("\n").indexOf("training:") + 1;
    // Not `selection =`: that one is under way while the first keys are typed.
    const selection = new vscode.Range(line, 0, line, 0);
    await vscode.window.showTextDocument(document, { selection, preview: false, preserveFocus: false });
  });
  await editor.page.keyboard.type("  weight_d");
  await editor.page
    .locator(".suggest-widget.visible .monaco-list-row", { hasText: "weight_decay" })
    .waitFor();
  await editor.page.keyboard.press("Enter");
  await until("the key", async () => /^ {2}weight_decay: /m.test(await text()));
});

test("a mistake is underlined where it is, and its fix repairs it", async () => {
  await write(sample.replace("learning_rate:", "learning_rte:"));
  // What was said about the text of the test before may still be there.
  const shown = await until("the mistake", async () =>
    (await diagnostics()).find(
      ({ code, text: marked }) => code === "unknown-key" && marked === "learning_rte",
    ),
  );
  expect(shown).toMatchObject({ severity: 0 });
  expect(shown.message).toContain("learning_rate");

  const titles = await editor.host(async (vscode) => {
    const { document } = vscode.window.activeTextEditor!; // beforeEach has opened it
    const at = document.positionAt(document.getText().indexOf("learning_rte") + 2);
    const actions = await vscode.commands.executeCommand<CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      new vscode.Range(at, at),
    );
    const [fix] = actions.filter(({ edit }) => edit !== undefined);
    if (fix?.edit !== undefined) await vscode.workspace.applyEdit(fix.edit);
    return actions.map(({ title }) => title);
  });
  expect(titles.join("\n")).toContain("learning_rate");
  await until("the repaired text", async () => (await text()) === sample);
});

test("hovering over a key explains it", async () => {
  const said = await editor.host(async (vscode) => {
    const { document } = vscode.window.activeTextEditor!; // beforeEach has opened it
    const at = document.positionAt(document.getText().indexOf("learning_rate:") + 2);
    const hovers = await vscode.commands.executeCommand<Hover[]>(
      "vscode.executeHoverProvider",
      document.uri,
      at,
    );
    return hovers.flatMap(({ contents }) =>
      contents.map((part) => (typeof part === "string" ? part : part.value)),
    );
  });
  expect(said.join("\n")).toContain("learning_rate");
});

describe("bad input is told in one sentence that names the place", () => {
  test("broken YAML", async () => {
    await write(sample.replace("training:", "training: ["));
    expect((await diagnostic("yaml-syntax")).message).toMatch(/\S/);
  });

  test("a dataset that is not there", async () => {
    const name = /[\w-]+\.jsonl/.exec(sample)?.[0] ?? "";
    await write(sample.replace(name, "elsewhere.jsonl"));
    const shown = await diagnostic("file-missing");
    expect(shown).toMatchObject({ text: "elsewhere.jsonl" });
    expect(shown.message).toContain("elsewhere.jsonl");
  });

  test("a dataset with a bad row", async () => {
    writeFileSync(
      path.join(place.folder, "broken.jsonl"),
      `${'{"prompt": "a", "completion": "b"}\n'.repeat(3)}{"prompt": "a", "compl\n`,
    );
    const name = /[\w-]+\.jsonl/.exec(sample)?.[0] ?? "";
    await write(sample.replace(name, "broken.jsonl"));
    const shown = await until("a word about line 4", async () =>
      (await diagnostics()).find(({ message }) => /line 4\b/.test(message)),
    );
    expect(shown.message).toContain("broken.jsonl");
  });
});

test("a dataset file that is renamed is noticed, both ways", async () => {
  const name = /[\w-]+\.jsonl/.exec(sample)?.[0] ?? "";
  const data = path.join(place.folder, name);
  await until("no word about a missing file", async () =>
    (await diagnostics()).every(({ code }) => code !== "file-missing"),
  );
  renameSync(data, `${data}.away`);
  expect((await diagnostic("file-missing")).message).toContain(name);
  renameSync(`${data}.away`, data);
  await until("the file again", async () =>
    (await diagnostics()).every(({ code }) => code !== "file-missing"),
  );
});

test("a comment silences a warning, and undoing a fix brings it back", async () => {
  await write(`${sample.trimEnd()}\n`.replace("training:\n", "training:\n  save_only_model: true\n"));
  await diagnostic("save-only-model");
  await editor.host(async (vscode) => {
    const { document } = vscode.window.activeTextEditor!; // beforeEach has opened it
    const at = document.positionAt(document.getText().indexOf("save_only_model") + 2);
    const actions = await vscode.commands.executeCommand<CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      new vscode.Range(at, at),
    );
    const ignore = actions.find(({ title }) => title.startsWith("Ignore"));
    if (ignore?.edit !== undefined) await vscode.workspace.applyEdit(ignore.edit);
  });
  await until("the comment", async () => (await text()).includes("# finetune-ignore save-only-model"));
  await until("silence", async () => (await diagnostics()).every(({ code }) => code !== "save-only-model"));
  await editor.host((vscode) => vscode.commands.executeCommand("undo"));
  await diagnostic("save-only-model");
});
