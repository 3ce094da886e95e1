/** Folders that tests open: a sample to train, in a place of its own. */
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { projectRoot } from "../../.ci/setup/places.mjs";
import { vsixFiles } from "../../.ci/setup/vsix.mjs";
import { runsIn } from "./run-folder.ts";

export interface Workspace {
  readonly folder: string;
  /** Environment for the editor and the command line: nothing of the person who runs the tests is touched. */
  readonly env: NodeJS.ProcessEnv;
  /** The interpreter that trains. */
  readonly python: string;
  remove(): void;
}

/** An empty folder, and a user data folder beside it. */
export function emptyWorkspace(): Workspace {
  const scratch = mkdtempSync(path.join(tmpdir(), "finetune-test-"));
  const python = process.env["FINETUNE_PYTHON"];
  if (python === undefined) throw new Error("FINETUNE_PYTHON is not set: run these tests with npm test.");
  const folder = path.join(scratch, "workspace");
  mkdirSync(folder);
  return {
    folder,
    python,
    env: { FINETUNE_DATA_DIR: path.join(scratch, "data"), FINETUNE_PYTHON: python },
    remove: () => {
      endTrainers(folder);
      rmSync(scratch, { recursive: true, maxRetries: 5 });
    },
  };
}

/** Trainers outlive the editor on purpose; those of a test that failed must not outlive the test. */
function endTrainers(folder: string): void {
  for (const run of runsIn(folder)) {
    const attempts = path.join(run, "attempts");
    if (!existsSync(attempts)) continue;
    for (const name of readdirSync(attempts)) {
      const { pid }: { pid?: number | null } = JSON.parse(readFileSync(path.join(attempts, name), "utf8"));
      try {
        // A trainer leads its own process group.
        if (typeof pid === "number") process.kill(-pid, "SIGKILL");
      } catch {
        // It ended by itself, as it should.
      }
    }
  }
}

/** The sample that ships with the extension. */
export function sampleWorkspace(): Workspace {
  const workspace = emptyWorkspace();
  cpSync(path.join(projectRoot, "media", "samples", "support-triage"), workspace.folder, { recursive: true });
  return workspace;
}

/** A random model of a few thousand numbers: as slow as a training must be to be interrupted, and no slower. */
export function tinyWorkspace(): Workspace {
  const workspace = emptyWorkspace();
  const { status, stderr } = spawnSync(
    workspace.python,
    ["-m", "finetune_trainer.tiny_model", path.join(workspace.folder, "tiny")],
    { env: { ...process.env, PYTHONPATH: path.join(projectRoot, "python") }, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`The tiny model could not be made: ${stderr}`);
  writeFileSync(path.join(workspace.folder, "tiny.finetune.yaml"), TINY);
  const rows = Array.from({ length: 64 }, (_, index) => ({
    prompt: `Say ${index}.`,
    completion: `Here is ${index}: ${"a word and ".repeat(1 + (index % 5))}the end.`,
  }));
  const lines = rows.map((row) => JSON.stringify(row)).join("\n");
  writeFileSync(path.join(workspace.folder, "rows.jsonl"), `${lines}\n`);
  return workspace;
}

const TINY = `name: tiny
model:
  name: ./tiny
  max_seq_length: 256
  dtype: float32
  load_in_16bit: true
dataset: rows.jsonl
training:
  per_device_train_batch_size: 4
  gradient_accumulation_steps: 16
  max_steps: 150
  learning_rate: 1e-3
  save_steps: 10
  logging_steps: 1
`;

/** What would be packaged, copied to a folder that a test may destroy. */
export async function copyOfExtension(folder: string): Promise<void> {
  for (const file of await vsixFiles()) cpSync(path.join(projectRoot, file), path.join(folder, file));
}

/** The same with the test's agent inside, started with it: for sessions in which dialogs are answered. */
export async function copyWithAgent(folder: string): Promise<void> {
  await copyOfExtension(folder);
  cpSync(
    path.join(projectRoot, "test", "vscode", "driver", "agent.cjs"),
    path.join(folder, "dist", "agent.cjs"),
  );
  appendFileSync(
    path.join(folder, "dist", "extension.js"),
    '\nrequire("./agent.cjs").run().catch((error) => console.error(error));\n',
  );
  const manifest = path.join(folder, "package.json");
  const text = readFileSync(manifest, "utf8");
  writeFileSync(manifest, text.replace('"activationEvents": [', '"activationEvents": ["*",'));
}
