/** Know before you start, in a real editor: on a machine with one 24 GB card, with two cards, with none. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Locator } from "playwright-core";
import type { CodeAction, CodeLens, Hover } from "vscode";
import { projectRoot } from "../../.ci/setup/places.mjs";
import { openEditor } from "./driver/editor.mjs";
import { until } from "./until.ts";
import { openFile, type Editor } from "./workbench.ts";
import { emptyWorkspace, type Workspace } from "./workspace.ts";

const CONFIG = `model:
  name: unsloth/Llama-3.1-8B-Instruct
  max_seq_length: 16384
dataset: data.jsonl
training:
  per_device_train_batch_size: 8
  gradient_accumulation_steps: 2
`;
const RTX_4090 = "0, GPU-aaaa, NVIDIA GeForce RTX 4090, 24564, 400, 8.9, 580.95, [N/A]";
const RTX_3060 = "1, GPU-bbbb, NVIDIA GeForce RTX 3060, 12288, 100, 8.6, 580.95, [N/A]";

let place: Workspace;
let editor: Editor;
afterEach(async () => {
  await editor.close();
  place.remove();
});

/** An editor on a machine whose nvidia-smi lists these cards. */
async function openOn(...cards: string[]): Promise<void> {
  place = emptyWorkspace();
  const tools = path.join(place.folder, "..", "tools");
  mkdirSync(tools);
  const smi = path.join(tools, "nvidia-smi");
  writeFileSync(
    smi,
    `#!/bin/sh\ncase "$1" in --query-gpu=*) cat <<'END'\n${cards.join("\n")}\nEND\n;; esac\n`,
  );
  chmodSync(smi, 0o755);
  const row = {
    messages: [
      { role: "user", content: "word ".repeat(3000) },
      { role: "assistant", content: "word ".repeat(8000) },
    ],
  };
  const rows = Array.from({ length: 40 }, (_, index) => JSON.stringify({ ...row, id: index }));
  writeFileSync(path.join(place.folder, "data.jsonl"), `${rows.join("\n")}\n`);
  writeFileSync(path.join(place.folder, "a.finetune.yaml"), CONFIG);
  // VSCODE_CLI: the server then takes this PATH and asks no login shell for another.
  const env = { ...place.env, PATH: `${tools}:${process.env["PATH"] ?? ""}`, VSCODE_CLI: "1" };
  editor = await openEditor({ workspace: place.folder, develop: projectRoot, env });
  await openFile(editor, path.join(place.folder, "a.finetune.yaml"));
}

const lens = () =>
  editor.host(async (vscode) => {
    const { document } = vscode.window.activeTextEditor!; // openOn has opened it
    const found = await vscode.commands.executeCommand<CodeLens[]>(
      "vscode.executeCodeLensProvider",
      document.uri,
      9,
    );
    return found.map(({ command }) => command?.title ?? "").join("\n");
  });

const lensWith = (pattern: RegExp) =>
  until(`a lens with ${pattern}`, async () => {
    const title = await lens();
    if (!pattern.test(title)) throw new Error(title);
    return title;
  });

const hover = () =>
  editor.host(async (vscode) => {
    const { document } = vscode.window.activeTextEditor!; // openOn has opened it
    const at = document.positionAt(document.getText().indexOf("unsloth/Llama") + 3);
    const hovers = await vscode.commands.executeCommand<Hover[]>(
      "vscode.executeHoverProvider",
      document.uri,
      at,
    );
    return hovers
      .flatMap(({ contents }) => contents.map((part) => (typeof part === "string" ? part : part.value)))
      .join("\n");
  });

const problem = (code: string) =>
  until(`the diagnostic ${code}`, () =>
    editor.host((vscode, wanted) => {
      const { document } = vscode.window.activeTextEditor!; // openOn has opened it
      const found = vscode.languages
        .getDiagnostics(document.uri)
        .find((each) => String(typeof each.code === "object" ? each.code.value : each.code) === wanted);
      return found && { message: found.message, severity: found.severity };
    }, code),
  );

/** Applies the first quick fix at the model's name whose title matches; resolves with the title. */
const applyFix = (begin: string) =>
  editor.host(async (vscode, wanted) => {
    const { document } = vscode.window.activeTextEditor!; // openOn has opened it
    const at = document.positionAt(document.getText().indexOf("unsloth/Llama") + 3);
    const actions = await vscode.commands.executeCommand<CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      new vscode.Range(at, at),
    );
    const fix = actions.find(({ title }) => title.startsWith(wanted));
    if (fix?.edit === undefined)
      throw new Error(`no fix ${wanted} among ${actions.map(({ title }) => title).join(" | ")}`);
    await vscode.workspace.applyEdit(fix.edit);
    return fix.title;
  }, begin);

/** Rows of the list that a click on the figure opens. */
async function showCards(): Promise<Locator> {
  await editor.host((vscode) => void vscode.commands.executeCommand("finetune.showEstimate"));
  const rows = editor.page.locator(".quick-input-list .monaco-list-row");
  await rows.first().waitFor();
  return rows;
}

const gigabytes = (text: string): number => Number(/≈ ([\d.]+) GB/.exec(text)?.[1]);

describe("one card of 24 GB", () => {
  test("says that it does not fit, and a fix brings the figure under the card", async () => {
    await openOn(RTX_4090);
    const before = await lensWith(/does not fit RTX 4090/);
    const shown = await problem("vram-does-not-fit");
    expect(shown.message).toMatch(/RTX 4090 \(23\.5 GB\)/);
    const said = await hover();
    expect(said).toMatch(/Peak \*\*≈ [\d.]+ GB/);
    expect(said).toMatch(/weights, 4 or 8 bit/);
    expect(said).toMatch(/7–8B class, 4-bit: usually 12–16 GB/);

    const title = await applyFix("Batch 8 →");
    const after = await lensWith(/(fits|tight on) RTX 4090/);
    expect(gigabytes(after)).toBe(gigabytes(title));
    expect(gigabytes(after)).toBeLessThan(gigabytes(before));
  });

  test("the table of cards sends the config to the one that is chosen", async () => {
    await openOn(RTX_4090);
    await lensWith(/does not fit RTX 4090/);
    const rows = await showCards();
    await rows.filter({ hasText: /RTX 4090.*does not fit/ }).waitFor();
    await rows.filter({ hasText: /Modal L40S.*≈ \$\d/ }).click();
    const text = () => editor.host((vscode) => vscode.window.activeTextEditor?.document.getText() ?? "");
    await until("the card in the config", async () => /target: modal[^]*gpu: L40S/.test(await text()));
  });
});

describe("two cards", () => {
  test("takes the larger and shows both", async () => {
    await openOn(RTX_4090, RTX_3060);
    await lensWith(/RTX 4090/);
    const said = await hover();
    expect(said).toMatch(/\| RTX 4090 here \|/);
    expect(said).toMatch(/\| RTX 3060 here \| does not fit \|/);
  });
});

describe("no card", () => {
  test("warns with the time on this CPU, and says what a rented card would cost", async () => {
    await openOn();
    const shown = await problem("no-gpu");
    expect(shown.message).toMatch(/^No GPU here: on this CPU it takes about \d+/);
    expect(shown.severity).toBe(1);
    await lensWith(/on this CPU \(\d+ cores\).*Modal \S+ ≈ \$\d/);
  });
});
