import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type {
  CodeAction,
  CodeLens,
  CompletionList,
  Diagnostic,
  Hover,
  InlayHint,
  Location,
} from "vscode-languageserver";
import { FACTS_NOTIFICATION, type Facts } from "../../../src/core/facts.ts";
import { codes, messages, startClient, type Client } from "./client.ts";

let root: string;
let uri: string;
let client: Client;
const rows = Array.from(
  { length: 40 },
  (_, index) => `{"prompt":"say ${index}","completion":"it is ${index}"}`,
);

const base = (): string => pathToFileURL(join(root, "base.finetune.yaml")).href;
const onLine =
  (line: number) =>
  ({ range }: Diagnostic): boolean =>
    range.start.line === line;

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "serve-")));
  mkdirSync(join(root, "data"));
  writeFileSync(join(root, "data", "rows.jsonl"), `${rows.join("\n")}\n`);
  uri = pathToFileURL(join(root, "a.finetune.yaml")).href;
  client = await startClient({ folders: [pathToFileURL(root).href] });
});
afterEach(async () => {
  await client.stop();
  rmSync(root, { recursive: true });
});

const good = [
  "model: unsloth/Llama-3.2-1B-Instruct",
  "lora:",
  "  r: 16",
  "dataset: data/rows.jsonl",
  "",
].join("\n");
const document = {
  textDocument: {
    get uri() {
      return uri;
    },
  },
};

describe("problems", () => {
  it("are told at once when a file is opened, with exact places and a page", async () => {
    await client.open(uri, `${good}training:\n  learning_rte: 2e-4\n`);
    const [problem] = await client.problems(uri, (found) => codes(found).includes("unknown-key"));
    expect(problem?.range).toEqual({ start: { line: 5, character: 2 }, end: { line: 5, character: 14 } });
    expect(problem?.codeDescription?.href).toBe("file:///ext/diagnostics.md#unknown-key");
  });

  it("leave out the word that is being typed, until it stands", async () => {
    await client.open(uri, `${good}training:\n  seed: 1\n  \n`);
    await client.problems(uri, (found) => !found.some(onLine(6)));
    await client.type(uri, 2, 6, 2, "seeed: 1");
    await client.type(uri, 3, 6, 7, "x");
    await client.problems(uri, (found) => found.some(onLine(6)));
    const sets = client.published.get(uri) ?? [];
    expect(
      sets
        .at(-1)
        ?.filter(onLine(6))
        .map(({ code }) => code),
    ).toEqual(["unknown-key"]);
    expect(sets.at(-2)?.filter(onLine(6))).toEqual([]);
    expect(sets.length).toBeGreaterThan(2);
  });

  it("go when the file is closed", async () => {
    await client.open(uri, "nonsense: 1\n");
    await client.problems(uri, (found) => found.length > 0);
    await client.connection.sendNotification("textDocument/didClose", document);
    expect(await client.problems(uri, (found) => found.length === 0)).toEqual([]);
  });

  it("are not told of an earlier version beside the file", async () => {
    await client.open("git:/w/a.finetune.yaml", "nonsense: 1\n");
    await client.open(uri, "nonsense: 1\n");
    await client.problems(uri, (found) => found.length > 0);
    expect([...client.published.keys()]).toEqual([uri]);
  });

  it("notice on saving what no watcher told", async () => {
    await client.open(uri, good.replace("rows.jsonl", "late.jsonl"));
    await client.problems(uri, (found) => codes(found).includes("file-missing"));
    writeFileSync(join(root, "data", "late.jsonl"), `${rows.join("\n")}\n`);
    await client.connection.sendNotification("textDocument/didSave", document);
    await client.problems(uri, (found) => !codes(found).includes("file-missing"));
  });

  it("know that a file came", async () => {
    await client.open(uri, good.replace("rows.jsonl", "late.jsonl"));
    const missing = await client.problems(uri, (found) => messages(found).includes("late.jsonl"));
    expect(missing.length).toBeGreaterThan(0);
    writeFileSync(join(root, "data", "late.jsonl"), `${rows.join("\n")}\n`);
    const changes = [{ uri: pathToFileURL(join(root, "data", "late.jsonl")).href, type: 1 }];
    await client.connection.sendNotification("workspace/didChangeWatchedFiles", { changes });
    await client.problems(uri, (found) => !messages(found).includes("late.jsonl"));
  });
});

describe("a training script beside the config", () => {
  const SCRIPT = "from trl import SFTConfig, SFTTrainer\n";

  it("is a hint, and goes with the script", async () => {
    writeFileSync(join(root, "train.py"), SCRIPT);
    await client.open(uri, good);
    const found = await client.problems(uri, (all) => codes(all).includes("training-script-beside"));
    expect(messages(found)).toContain("train.py (a plain TRL training script)");
    rmSync(join(root, "train.py"));
    await client.connection.sendNotification("textDocument/didSave", document);
    await client.problems(uri, (all) => !codes(all).includes("training-script-beside"));
  });

  it("is looked for in the beginning of small files only", async () => {
    writeFileSync(join(root, "generated.py"), SCRIPT + "#\n".repeat(200_000));
    writeFileSync(join(root, "late.py"), `${"#\n".repeat(5_000)}${SCRIPT}`);
    writeFileSync(join(root, "train.py"), SCRIPT);
    await client.open(uri, good);
    const found = await client.problems(uri, (all) => codes(all).includes("training-script-beside"));
    expect(messages(found)).not.toMatch(/generated|late/);
  });
});

describe("extends", () => {
  it("reads the file, and reads it again when it changes", async () => {
    writeFileSync(join(root, "base.finetune.yaml"), "dataset: data/rows.jsonl\nlora:\n  rr: 1\n");
    await client.open(uri, "extends: base.finetune.yaml\nmodel: unsloth/Llama-3.2-1B-Instruct\n");
    const [problem] = await client.problems(uri, (found) => codes(found).includes("unknown-key"));
    expect(problem?.range.start).toEqual({ line: 0, character: 9 });
    expect(problem?.relatedInformation?.[0]?.location).toMatchObject({
      uri: base(),
      range: { start: { line: 2, character: 2 } },
    });
    writeFileSync(join(root, "base.finetune.yaml"), "dataset: data/rows.jsonl\nlora:\n  r: 1\n");
    await client.connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: [{ uri: base(), type: 2 }],
    });
    await client.problems(uri, (found) => !codes(found).includes("unknown-key"));
  });

  it("takes the text in the editor before the file, and goes to it", async () => {
    writeFileSync(join(root, "base.finetune.yaml"), "lora:\n  rr: 1\n");
    await client.open(base(), "dataset: data/rows.jsonl\nlora:\n  r: 8\n");
    await client.open(
      uri,
      "extends: base.finetune.yaml\nmodel: unsloth/Llama-3.2-1B-Instruct\nlora:\n  r: 16\n",
    );
    await client.problems(uri, (found) => !codes(found).includes("unknown-key"));
    const key: Location[] = await client.connection.sendRequest("textDocument/definition", {
      ...document,
      position: { line: 3, character: 2 },
    });
    expect(key).toMatchObject([{ uri: base(), range: { start: { line: 2, character: 2 } } }]);
  });

  it("refuses a file outside an untrusted workspace, until the workspace is trusted", async () => {
    const outside = mkdtempSync(join(tmpdir(), "outside-"));
    writeFileSync(join(outside, "o.finetune.yaml"), "dataset: rows.jsonl\n");
    await client.open(
      uri,
      `extends: ${join(outside, "o.finetune.yaml")}\nmodel: unsloth/Llama-3.2-1B-Instruct\n`,
    );
    const [problem] = await client.problems(uri, (found) => codes(found).includes("extends-missing"));
    expect(problem?.message).toContain("outside the workspace");
    const facts: Facts = { can: { run: true, read: true, secrets: true } };
    await client.connection.sendNotification(FACTS_NOTIFICATION, facts);
    await client.problems(uri, (found) => !codes(found).includes("extends-missing"));
    rmSync(outside, { recursive: true });
  });
});

describe("requests", () => {
  it("complete at once, on the text of this moment", async () => {
    await client.open(uri, `${good}training:\n  `);
    await client.type(uri, 2, 5, 2, "lear");
    const list: CompletionList = await client.connection.sendRequest("textDocument/completion", {
      ...document,
      position: { line: 5, character: 6 },
    });
    expect(list.items.map((item) => item.label)).toContain("learning_rate");
  });

  it("offer files of the folder that is typed", async () => {
    await client.open(uri, "dataset: data/\n");
    const list: CompletionList = await client.connection.sendRequest("textDocument/completion", {
      ...document,
      position: { line: 0, character: 14 },
    });
    expect(list.items.map((item) => item.label)).toContain("data/rows.jsonl");
  });

  it("offer models by what fits the card", async () => {
    const gpu = {
      index: 0,
      uuid: "g",
      name: "NVIDIA GeForce RTX 3060",
      total: 12 * 2 ** 30,
      usable: null,
      used: 0,
      ours: 0,
    };
    const facts: Facts = { gpus: [{ ...gpu, capability: "8.6", driver: null, processes: [] }] };
    await client.connection.sendNotification(FACTS_NOTIFICATION, facts);
    await client.open(uri, "model: \n");
    const list: CompletionList = await client.connection.sendRequest("textDocument/completion", {
      ...document,
      position: { line: 0, character: 7 },
    });
    const details = list.items.map((item) => item.detail ?? "");
    const lastFit = details.findLastIndex((detail) => / fits RTX 3060/.test(detail));
    const firstTooBig = details.findIndex((detail) => detail.includes("does not fit"));
    expect(lastFit).toBeGreaterThan(5);
    expect(firstTooBig).toBeGreaterThan(lastFit);
  });

  it("show the figure above the model, and keep it while the file cannot be read", async () => {
    await client.open(uri, good);
    const lens = async (): Promise<CodeLens[]> =>
      client.connection.sendRequest("textDocument/codeLens", document);
    const [run, before] = await lens();
    expect(run?.command).toMatchObject({ command: "finetune.run", arguments: [uri] });
    expect(before?.command?.title).toMatch(/^≈ \d\.\d GB \(\d\.\d–\d\.\d\) · /);
    await client.type(uri, 2, 0, 0, "{");
    const [stop, after] = await lens();
    expect(stop?.command?.title).toMatch(/errors? stops? the run$/);
    expect(after?.command?.title).toMatch(/^≈ \d\.\d GB .* before this edit$/);
  });

  it("hint at rows, batch and parameters", async () => {
    await client.open(uri, `${good}training:\n  gradient_accumulation_steps: 4\n`);
    const labels = async (): Promise<string[]> => {
      const hints: InlayHint[] = await client.connection.sendRequest("textDocument/inlayHint", {
        ...document,
        range: { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } },
      });
      return hints.map((hint) => String(hint.label));
    };
    await expect.poll(labels).toContainEqual(expect.stringMatching(/^40 rows · p95 ≈ \d+ tokens/));
    const found = await labels();
    expect(found).toContainEqual(expect.stringMatching(/^11\.3 M trainable \(0\.9\d %\)/));
    expect(found).toContainEqual(expect.stringMatching(/^effective batch 8 · 5 steps/));
  });

  it("read packed data too", async () => {
    writeFileSync(join(root, "data", "rows.jsonl.gz"), gzipSync(`${rows.join("\n")}\n`));
    await client.open(uri, good.replace("rows.jsonl", "rows.jsonl.gz"));
    const hover = async (): Promise<string> => {
      const found: Hover | null = await client.connection.sendRequest("textDocument/hover", {
        ...document,
        position: { line: 3, character: 14 },
      });
      return JSON.stringify(found?.contents ?? "");
    };
    await expect.poll(hover).toContain("40 rows");
  });

  it("explain a key, and the model with its figure", async () => {
    await client.open(uri, good);
    const at = async (line: number, character: number): Promise<string> => {
      const hover: Hover | null = await client.connection.sendRequest("textDocument/hover", {
        ...document,
        position: { line, character },
      });
      return JSON.stringify(hover?.contents ?? "");
    };
    expect(await at(2, 2)).toContain("lora.r");
    const model = await at(0, 12);
    expect(model).toContain("Llama 3.2 1B");
    expect(model).toMatch(/Peak \*\*≈ \d\.\d GB/);
    expect(model).toContain("Modal");
  });

  it("fix, and fix all when it is taken", async () => {
    const text = `${good}training:\n  warmup_ratio: 0.1\n  evaluation_strategy: no\n`;
    await client.open(uri, text);
    await client.problems(uri, (found) => found.length >= 2);
    const actions: CodeAction[] = await client.connection.sendRequest("textDocument/codeAction", {
      ...document,
      range: { start: { line: 5, character: 4 }, end: { line: 5, character: 4 } },
      context: { diagnostics: [] },
    });
    expect(actions[0]?.isPreferred).toBe(true);
    const all = actions.find((action) => action.title.startsWith("Fix all"));
    expect(all?.edit).toBeUndefined();
    const resolved: CodeAction = await client.connection.sendRequest("codeAction/resolve", all);
    const edits = resolved.edit?.changes?.[uri] ?? [];
    expect(edits.map((edit) => edit.newText).join("")).toContain("eval_strategy");
  });
});

it("leaves out what the settings switch off", async () => {
  const quiet = await startClient({
    settings: {
      lens: false,
      hints: { rows: false, batch: false, steps: false, memory: false, parameters: false, defaults: false },
    },
  });
  await quiet.open(uri, good);
  await expect.poll(() => quiet.connection.sendRequest("textDocument/codeLens", document)).toBeNull();
  expect(
    await quiet.connection.sendRequest("textDocument/inlayHint", {
      ...document,
      range: { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } },
    }),
  ).toEqual([]);
  await quiet.stop();
});
