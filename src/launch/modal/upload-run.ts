/** What a sandbox finds on its volume: the plan with its limits, inputs by their content, the trainer. */
import { readdir, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import type { SandboxTimes } from "../../core/run/budget.ts";
import type { Plan } from "../../core/run/plan.ts";
import { changedInputs } from "../inputs.ts";
import { type InputPaths, LaunchError } from "../launcher.ts";
import type { AttemptRecord } from "../run-files.ts";
import { trainerFolder } from "../trainer-copy.ts";
import { runOnVolume } from "./names.ts";
import type { ModalSession, Progress, UploadFile } from "./session.ts";

/** A merge and a conversion need no GPU; what only a GPU can do stays with the training. */
export function onCpu(plan: Plan): Plan["save"] {
  // The trainer refuses LoRA+ without a GPU, whatever is asked of it.
  if (plan.training.loraplus_lr_ratio !== null) return [];
  return plan.save.filter(({ method }) => method !== "merged_4bit");
}

/** Limits of this attempt, and only the exports that are made while the GPU is there. */
export function planInSandbox(plan: Plan, times: SandboxTimes, stallS: number | null): Plan {
  const later = onCpu(plan);
  return {
    ...plan,
    save: plan.save.filter((item) => !later.includes(item)),
    limits: { deadline_s: times.deadlineS, stall_s: stallS },
  };
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`);

/** The same content lies there once, under its own name because readers go by the ending. */
const inputPath = (sha256: string, path: string): string => `inputs/${sha256}/${basename(path)}`;

/** Relative to the run folder on the volume. */
const inputMap = (plan: Plan, inputs: InputPaths): Record<string, string> =>
  Object.fromEntries(
    Object.entries(plan.inputs).map(([id, { sha256 }]) => [
      id,
      `../../${inputPath(sha256, inputs[id] ?? id)}`,
    ]),
  );

export interface RunUpload {
  readonly folder: string;
  readonly id: string;
  readonly volume: string;
  /** As the sandbox gets it. */
  readonly plan: Plan;
  readonly inputs: InputPaths;
  /** null: an export, which belongs to no attempt. */
  readonly record: AttemptRecord | null;
}

/** Rejects with a `LaunchError` when an input is not what it was when the run was planned. */
export async function uploadRun(
  session: ModalSession,
  run: RunUpload,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const { folder, id, volume, plan, inputs, record } = run;
  const home = runOnVolume(id);
  const trainer = await filesIn(trainerFolder(folder));
  await session.upload(
    volume,
    [
      ...(await missingInputs(session, run)),
      ...trainer
        .filter((path) => path.endsWith(".py") || path.endsWith(".json"))
        .map((path) => ({
          from: join(trainerFolder(folder), path),
          to: `${home}/trainer/${path.split(sep).join("/")}`,
        })),
      { from: json(plan), to: `${home}/plan.json` },
      { from: json(inputMap(plan, inputs)), to: `${home}/inputs.json` },
      ...(record === null ? [] : [{ from: json(record), to: `${home}/attempts/${record.attempt}.json` }]),
    ],
    onProgress,
    signal,
  );
}

/** Content that the volume has is neither read nor sent again. */
async function missingInputs(
  session: ModalSession,
  { volume, plan, inputs }: RunUpload,
): Promise<UploadFile[]> {
  const files: UploadFile[] = [];
  for (const [id, { sha256, bytes, kind, source }] of Object.entries(plan.inputs)) {
    const path = inputs[id];
    if (path === undefined) throw gone(source);
    const there = await session.list(volume, `inputs/${sha256}/${basename(path)}`, true);
    const known = there.filter((entry) => entry.kind === "file");
    const sum = known.reduce((total, entry) => total + entry.bytes, 0);
    if (known.length > 0 && sum === bytes) continue;
    const only = { ...plan, inputs: { [id]: plan.inputs[id] ?? { source, kind, bytes, sha256 } } };
    if ((await changedInputs(only, inputs)).length > 0) throw changed(source);
    const to = inputPath(sha256, path);
    if ((await stat(path)).isDirectory()) {
      for (const name of await filesIn(path))
        files.push({ from: join(path, name), to: `${to}/${name.split(sep).join("/")}` });
    } else files.push({ from: path, to });
  }
  return files;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

const changed = (source: string): LaunchError =>
  new LaunchError(
    "inputs-changed",
    `${source} has changed since this run was planned, and Modal does not have the old one.`,
    "Put the old file back, or start a new run.",
  );

const gone = (source: string): LaunchError =>
  new LaunchError("input-missing", `${source} is not known to this run any more.`, "Start a new run.");
