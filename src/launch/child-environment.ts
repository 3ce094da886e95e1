/** The environment and the command of a trainer. Pure: what this machine has comes in as arguments. */
import { posix, win32 } from "node:path";
import type { Plan } from "../core/run/plan.ts";

export interface ChildSetting {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The trainer's package lies in here: the only thing on PYTHONPATH. */
  readonly trainer: string;
  readonly cache: string;
  readonly data: string;
  /** Whether this machine has a CUDA device: then a silent training on the CPU is an error. */
  readonly hasGpu: boolean;
}

/** Of the editor that started us, not of the trainer. */
const FOREIGN = /^(ELECTRON_|VSCODE_|CHROME_|NODE_OPTIONS$|NODE_PATH$|PYTHON|__PYVENV_LAUNCHER__$)/i;

/** True for a variable that no trainer gets. */
export const isForeign = (name: string): boolean => FOREIGN.test(name);

/** What every process of the trainer gets, whatever it does. */
export function plainEnvironment(
  setting: Pick<ChildSetting, "env" | "trainer" | "cache" | "data">,
): Record<string, string> {
  const kept = Object.entries(setting.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !isForeign(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    PYTHONPATH: setting.trainer,
    // Log lines come when they are printed, and in one encoding on every system.
    PYTHONUNBUFFERED: "1",
    PYTHONUTF8: "1",
    FINETUNE_CACHE_DIR: setting.cache,
    FINETUNE_DATA_DIR: setting.data,
    // Without it an export may run the system's package manager, taking "no terminal" for consent.
    UNSLOTH_AUTO_INSTALL: "0",
    UNSLOTH_DISABLE_STATISTICS: "1",
    TOKENIZERS_PARALLELISM: "false",
    GOMP_SPINCOUNT: "10000",
  };
}

export function childEnvironment(plan: Plan, setting: ChildSetting): Record<string, string> {
  const { gpus } = plan.compute.local;
  const cpu = Array.isArray(gpus) && gpus.length === 0;
  return {
    ...plainEnvironment(setting),
    ...(cpu ? { UNSLOTH_FORCE_CPU: "1" } : setting.hasGpu ? { UNSLOTH_DISABLE_CPU_FALLBACK: "1" } : {}),
    ...(needsNetwork(plan) ? {} : { HF_HUB_OFFLINE: "1" }),
  };
}

/** Everything is here already: a run that asks the Hub nothing also works without it. */
export function needsNetwork(plan: Pick<Plan, "model" | "dataset" | "eval_dataset" | "save">): boolean {
  const hubModel = plan.model.embedded === null && plan.model.input === null;
  const hubData = [...plan.dataset, ...(plan.eval_dataset ?? [])].some(({ hub }) => hub !== null);
  return hubModel || hubData || plan.save.some((save) => save.push_to_hub !== null);
}

export interface PythonCommand {
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * On Windows a virtual environment's python.exe only starts the interpreter it was made from and waits:
 * the number we would record were the wrong process's. So that one is started itself, told where it belongs.
 * `home` is the line of that name in `pyvenv.cfg`; null when the interpreter is no environment's.
 */
export function pythonCommand(platform: NodeJS.Platform, python: string, home: string | null): PythonCommand {
  if (platform !== "win32" || home === null) return { file: python, env: {} };
  return { file: win32.join(home, win32.basename(python)), env: { __PYVENV_LAUNCHER__: python } };
}

/** Where `pyvenv.cfg` of an interpreter would lie. */
export const environmentOf = (platform: NodeJS.Platform, python: string): string => {
  const path = platform === "win32" ? win32 : posix;
  return path.dirname(path.dirname(python));
};

/** The `home` of a `pyvenv.cfg`. */
export function homeOf(config: string): string | null {
  return /^home\s*=\s*(.+?)\s*$/m.exec(config)?.[1] ?? null;
}

/** How a tree of processes is ended at once: the group on POSIX, taskkill on Windows. */
export type KillPlan =
  | { readonly kind: "signal"; readonly pid: number; readonly signal: "SIGTERM" | "SIGKILL" }
  | { readonly kind: "command"; readonly file: string; readonly args: readonly string[] };

export function killPlan(
  platform: NodeJS.Platform,
  pid: number,
  force: boolean,
  systemRoot = "C:\\Windows",
): KillPlan {
  if (platform === "win32") {
    const file = win32.join(systemRoot, "System32", "taskkill.exe");
    return { kind: "command", file, args: ["/PID", String(pid), "/T", ...(force ? ["/F"] : [])] };
  }
  return { kind: "signal", pid: -pid, signal: force ? "SIGKILL" : "SIGTERM" };
}
