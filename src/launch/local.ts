/**
 * Trains on this machine: a detached process in its own group that writes to files. Nothing of it
 * depends on whoever started it, so closing every window changes nothing.
 */
import { spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { delimiter, join, relative } from "node:path";
import type { Plan } from "../core/run/plan.ts";
import { createAttempt, recordFailure } from "./attempts.ts";
import { childEnvironment, environmentOf, homeOf, pythonCommand } from "./child-environment.ts";
import { lastWordsOf } from "./last-words.ts";
import { telling } from "./launch-failure.ts";
import { type Handle, LaunchError, type Launcher } from "./launcher.ts";
import { judge, judgeHere } from "./liveness.ts";
import { outputFile, readAttempt } from "./run-files.ts";
import { stopLocal } from "./stop-local.ts";
import { copyTrainer, trainerFolder } from "./trainer-copy.ts";

export interface LocalSetting {
  /** Interpreter, absolute. */
  readonly python: string;
  /** Folder that holds the Python package of the trainer; each attempt gets its own copy. */
  readonly trainer: string;
  readonly cache: string;
  readonly data: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hasGpu: boolean;
}

/**
 * Which attempt is meant was decided when the run was looked at: whoever looked at the same time and
 * came first has taken that number.
 */
export interface NextAttempt {
  readonly attempt: number;
  /** "checkpoints/checkpoint-30", or null to begin at the beginning. */
  readonly resumeFrom: string | null;
  /** What is to be done in the run folder once the number is ours and before the process starts. */
  readonly prepare?: () => Promise<void>;
  /** Folder of a run whose end this attempt waits for. */
  readonly after?: string;
}

export const FIRST_ATTEMPT: NextAttempt = { attempt: 0, resumeFrom: null };

/** How long to wait for the trainer to say who it is; afterwards the run exists all the same. */
const REGISTRATION_MS = 30_000;
const LOOK_EVERY_MS = 50;

export const localLauncher = (setting: LocalSetting, next: NextAttempt = FIRST_ATTEMPT): Launcher => ({
  async start(plan, _inputs, folder) {
    const { attempt, resumeFrom, after } = next;
    await createAttempt(folder, {
      attempt,
      resumeFrom,
      target: "local",
      ...(after === undefined ? {} : { after }),
    });
    await telling(folder, async () => next.prepare?.());
    await telling(folder, () => copyTrainer(setting.trainer, folder));
    const { exit } = await spawnTrainer(plan, folder, attempt, setting);
    await registered(folder, attempt, exit);
    return { folder, attempt };
  },
  stop: stopLocal,
  state: localState,
});

async function localState({ folder, attempt }: Handle): Promise<"waiting" | "running" | "gone" | "unknown"> {
  const record = await readAttempt(folder, attempt);
  if (record === null) return "unknown";
  const { kind } = await judge(record, await judgeHere());
  return kind === "alive" ? "running" : kind === "elsewhere" ? "unknown" : kind;
}

interface Trainer {
  /** Settles with how the process ended, in words; never rejects. */
  readonly exit: Promise<string>;
}

/** Where a trainer begins, below its run folder. */
const WORK = "work";

/**
 * A folder of PYTHONPATH whose name holds the character between two of them can only be named from where the
 * trainer begins; Python makes it whole at its start.
 */
const onPath = (trainer: string, folder: string): string =>
  trainer.includes(delimiter) ? relative(join(folder, WORK), trainer) : trainer;

async function spawnTrainer(
  plan: Plan,
  folder: string,
  attempt: number,
  setting: LocalSetting,
): Promise<Trainer> {
  const { platform } = process;
  const { file, env } = pythonCommand(platform, setting.python, await homeOfEnvironment(setting.python));
  const trainer = trainerFolder(folder);
  const output = await telling(folder, () => open(outputFile(folder, attempt), "a"));
  try {
    // Plain spawn: the files are handed to the child, so no stream of ours stands between them.
    const child = spawn(file, ["-m", "finetune_trainer", "train", folder, "--attempt", String(attempt)], {
      cwd: join(folder, WORK),
      env: { ...childEnvironment(plan, { ...setting, platform, trainer: onPath(trainer, folder) }), ...env },
      stdio: ["ignore", output.fd, output.fd],
      detached: true,
      windowsHide: true,
    });
    child.unref();
    const exit = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code ?? "unknown"}`));
    });
    return { exit };
  } finally {
    await output.close();
  }
}

async function homeOfEnvironment(python: string): Promise<string | null> {
  try {
    return homeOf(await readFile(join(environmentOf(process.platform, python), "pyvenv.cfg"), "utf8"));
  } catch {
    return null; // No environment around this interpreter: it is started as it is.
  }
}

/** Resolves when the trainer has signed the record of its attempt; rejects when it ended before. */
async function registered(folder: string, attempt: number, exit: Promise<string>): Promise<void> {
  let ended: string | null = null;
  void exit.then((how) => (ended = how));
  const since = Date.now();
  for (;;) {
    const over = ended;
    const record = await readAttempt(folder, attempt);
    if (typeof record?.pid === "number") return;
    if (over !== null) throw await died(folder, attempt, over);
    if (Date.now() - since > REGISTRATION_MS) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function died(folder: string, attempt: number, how: string): Promise<LaunchError> {
  const log = outputFile(folder, attempt);
  const reason = (await lastWordsOf(log)) ?? how;
  await recordFailure(folder, attempt, reason);
  return new LaunchError(
    "trainer-died",
    `The trainer ended before it began: ${reason}`,
    `Run "finetune doctor" to check the Python environment; the whole log is ${log}.`,
    log,
  );
}
