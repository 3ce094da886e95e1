/**
 * Makes the pinned Python environment. It is built where it stays and marked as complete last: whatever
 * cuts it off leaves something without a mark, which the next set-up removes and makes again.
 */
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { findExecutable } from "../launch/executable.ts";
import { readJson, writeJson } from "../launch/json-file.ts";
import { telling } from "../launch/launch-failure.ts";
import { findBase } from "./base-python.ts";
import {
  completeSchema,
  environmentName,
  environmentPython,
  environmentsFolder,
  type Lock,
  markFile,
  readLock,
} from "./environment-folder.ts";
import { type IndexConfig, parsePipConfig } from "./package-index.ts";
import type { RequirementSet } from "./requirement-set.ts";
import { runInGroup } from "./group-command.ts";
import { needSpace } from "./disk-space.ts";
import {
  type Command,
  askTorchCommand,
  createCommand,
  type Installer,
  installCommand,
  type SetupPlace,
  shown,
  verifyCommand,
} from "./setup-plan.ts";
import { NOTHING_YET, progressAfter, totalOf } from "./install-progress.ts";
import { installFailure } from "./setup-failure.ts";
import { endLeftover, noteChild } from "./setup-child.ts";
import { withSetupLock } from "./setup-lock.ts";
import { buildInPipReport, buildInUvDryRun } from "./torch-build.ts";

export interface SetupWish {
  readonly cache: string;
  /** The folder with the locks. */
  readonly requirements: string;
  readonly set: RequirementSet;
  /** Interpreter to build on; found on the PATH when not named. */
  readonly base?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  readonly onProgress: (progress: SetupProgress) => void;
}

export type SetupProgress =
  | { readonly kind: "command"; readonly text: string }
  | { readonly kind: "stage"; readonly text: string }
  /** Packages: `done` of `total`, the newest one by name. */
  | { readonly kind: "package"; readonly name: string; readonly done: number; readonly total: number };

export interface SetupResult {
  readonly python: string;
  readonly folder: string;
  /** False: it was there already. */
  readonly made: boolean;
}

/** Rejects with a `LaunchError`; an abort rejects with the signal's reason and leaves no mark. */
export async function setUp(wish: SetupWish): Promise<SetupResult> {
  const lock = await readLock(wish.requirements, wish.set);
  const folder = join(environmentsFolder(wish.cache), environmentName(lock));
  const python = environmentPython(folder);
  if ((await readJson(markFile(folder), completeSchema)) !== null) return { python, folder, made: false };
  return telling(folder, () =>
    withSetupLock(`${folder}.lock`, async () => {
      if ((await readJson(markFile(folder), completeSchema)) !== null) return { python, folder, made: false };
      await make(wish, lock, folder);
      return { python, folder, made: true };
    }),
  );
}

export interface SetupPreview {
  /** What will be run, in order, as it would be typed. Which index gives PyTorch is asked on the way. */
  readonly commands: readonly string[];
  readonly folder: string;
}

/** What a set-up would do, for a person to read before; null: it is there already. Rejects as `setUp` does. */
export async function previewSetup(wish: SetupWish): Promise<SetupPreview | null> {
  const lock = await readLock(wish.requirements, wish.set);
  const folder = join(environmentsFolder(wish.cache), environmentName(lock));
  if ((await readJson(markFile(folder), completeSchema)) !== null) return null;
  const { place, base } = await placeOf(wish, folder);
  const commands = [
    createCommand(place, base),
    installCommand(place, lock, false),
    verifyCommand(place, lock.set),
  ];
  return { commands: commands.map(shown), folder };
}

/** Where and by what it is made. */
async function placeOf(
  wish: SetupWish,
  folder: string,
): Promise<{ readonly place: SetupPlace; readonly base: string | null }> {
  const uv = await findExecutable("uv", wish.env);
  const installer: Installer = uv === null ? { kind: "pip" } : { kind: "uv", program: uv };
  const base = await findBase(wish.base, installer.kind, wish.env);
  const index = await indexConfig(base, wish);
  return { place: { platform: process.platform, folder, installer, index }, base };
}

async function make(wish: SetupWish, lock: Lock, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  await endLeftover(childFile(wish, lock));
  // Again and again: an installer whose set-up was killed may still be writing for a moment.
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  await needSpace(dirname(folder), lock.set);
  const { place, base } = await placeOf(wish, folder);
  const noted = { ...wish, onStart: (pid: number) => noteChild(childFile(wish, lock), pid) };
  await run(noted, createCommand(place, base), "create");
  const cpuIndex = lock.set === "cpu" && (await plainTorchIsCuda(wish, place, lock));
  if (cpuIndex) {
    wish.onProgress({
      kind: "stage",
      text: "The package index has PyTorch for CUDA only: taking the CPU build of PyTorch's own index",
    });
  }
  await install(noted, place, lock, cpuIndex);
  wish.onProgress({ kind: "stage", text: "Checking that everything imports" });
  const torch = await run(noted, verifyCommand(place, lock.set), "verify");
  await writeJson(markFile(folder), {
    set: lock.set,
    lock: lock.sha256,
    python: environmentPython(folder),
    torch: torch.trim().split("\n").at(-1),
    made: new Date().toISOString(),
  });
  await rm(childFile(wish, lock), { force: true });
}

/** Beside the folder, which is cleared. */
const childFile = ({ cache }: SetupWish, lock: Lock): string =>
  join(environmentsFolder(cache), `${environmentName(lock)}.child`);

/** A set-up whose commands are noted while they work. */
type Noted = SetupWish & { readonly onStart: (pid: number) => Promise<void> };

type Stage = "create" | "install" | "verify";

/** Output of the command; its failure in one sentence. */
async function run(
  wish: Noted,
  command: Command,
  stage: Stage,
  onLine?: (line: string) => void,
): Promise<string> {
  wish.onProgress({ kind: "command", text: shown(command) });
  const result = await runInGroup(command, {
    env: withoutPython(wish.env),
    signal: wish.signal,
    onStart: wish.onStart,
    onLine,
  });
  if (!result.failed) return result.stdout;
  throw installFailure(stage, result.all);
}

/** Variables of another Python would lead this one astray. */
const withoutPython = (env: SetupWish["env"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(PYTHON(HOME|PATH|STARTUP)|VIRTUAL_ENV|CONDA_PREFIX)$/.test(entry[0]),
    ),
  );

async function indexConfig(base: string | null, wish: SetupWish): Promise<IndexConfig> {
  if (base === null) return parsePipConfig("");
  const result = await execa(base, ["-m", "pip", "config", "list"], {
    env: withoutPython(wish.env),
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    timeout: 20_000,
  });
  return parsePipConfig(result.failed ? "" : result.stdout);
}

/** Asked, never assumed: a company's index or a folder of wheels may well hold a CPU build. */
async function plainTorchIsCuda(wish: SetupWish, place: SetupPlace, { torch }: Lock): Promise<boolean> {
  if (torch === null) return false;
  const command = askTorchCommand(place, torch);
  wish.onProgress({ kind: "command", text: shown(command) });
  const result = await runInGroup(command, { env: withoutPython(wish.env), signal: wish.signal });
  const read =
    place.installer.kind === "uv"
      ? buildInUvDryRun(result.stderr, place.platform)
      : buildInPipReport(result.stdout, place.platform);
  // No answer: the plain index does not have it at all, so PyTorch's own is worth a try.
  return read !== "cpu";
}

async function install(wish: Noted, place: SetupPlace, lock: Lock, cpuIndex: boolean): Promise<void> {
  let progress = NOTHING_YET;
  await run(wish, installCommand(place, lock, cpuIndex), "install", (line) => {
    if (line.startsWith("Installing collected packages")) {
      wish.onProgress({ kind: "stage", text: `Installing ${progress.seen.size} packages` });
    }
    progress = progressAfter(progress, line);
    if (progress.newest === null) return;
    const total = totalOf(progress, lock.packages);
    wish.onProgress({ kind: "package", name: progress.newest, done: progress.seen.size, total });
  });
}
