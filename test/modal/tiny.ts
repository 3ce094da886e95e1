/** A rig whose "container" holds the real trainer and a tiny random model: needs the Python environment. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openRig, type Rig } from "./rig.ts";

const python = process.env["FINETUNE_PYTHON"] ?? "";
const trainer = join(import.meta.dirname, "..", "..", "python");

const config = (steps: string, modal: string): string => `name: tiny
model: {name: ./tiny, max_seq_length: 256, dtype: float32, load_in_16bit: true}
dataset: rows.jsonl
training:
  per_device_train_batch_size: 2
  gradient_accumulation_steps: 2
  ${steps}
  learning_rate: 1e-3
  logging_steps: 1
compute: {target: modal, modal: {gpu: L40S, image: "me/own:1"${modal}}}
`;

/** `steps`: lines of `training`; `modal`: more of `compute.modal`. */
export async function openTiny(steps: string, modal = ""): Promise<Rig> {
  // A CPU stands for the GPU.
  const override = { UNSLOTH_DISABLE_CPU_FALLBACK: null, UNSLOTH_FORCE_CPU: "1" };
  const rig = await openRig({ python, trainer, config: config(steps, modal), override });
  const { status, stderr } = spawnSync(
    python,
    ["-m", "finetune_trainer.tiny_model", join(rig.root, "tiny")],
    { env: { ...process.env, PYTHONPATH: trainer }, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`The tiny model could not be made: ${stderr}`);
  const rows = Array.from({ length: 64 }, (_, index) => ({
    prompt: `Say ${index}.`,
    completion: `Here is ${index}: ${"a word and ".repeat(1 + (index % 5))}the end.`,
  }));
  writeFileSync(join(rig.root, "rows.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  mkdirSync(join(rig.root, "data"), { recursive: true });
  return rig;
}
