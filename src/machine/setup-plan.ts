/** The commands of a set-up, to be shown before they are run. Pure. */
import { environmentPython, type Lock } from "./environment-folder.ts";
import { type IndexConfig, uvIndexArguments, uvIndexEnvironment } from "./package-index.ts";
import { PYTORCH_CPU_INDEX } from "./torch-build.ts";

export type Installer =
  | { readonly kind: "uv"; readonly program: string }
  /** The environment's own pip. */
  | { readonly kind: "pip" };

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface SetupPlace {
  readonly platform: NodeJS.Platform;
  readonly folder: string;
  readonly installer: Installer;
  readonly index: IndexConfig;
}

/** `base`: the interpreter to build on; null lets uv fetch one. */
export function createCommand({ folder, installer }: SetupPlace, base: string | null): Command {
  if (installer.kind === "uv") {
    return { file: installer.program, args: ["venv", "--python", base ?? "3.12", "--no-project", folder] };
  }
  if (base === null) throw new Error("without uv there must be an interpreter to build on");
  return { file: base, args: ["-m", "venv", folder] };
}

const pip = (place: SetupPlace, ...args: readonly string[]): Command => ({
  file: environmentPython(place.folder, place.platform),
  args: ["-m", "pip", ...args],
  env: { PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_INPUT: "1" },
});

const uv = (place: SetupPlace, program: string, ...args: readonly string[]): Command => ({
  file: program,
  args: [
    "pip",
    "install",
    "--python",
    environmentPython(place.folder, place.platform),
    "--no-deps",
    ...args,
    ...uvIndexArguments(place.index),
  ],
  env: uvIndexEnvironment(place.index),
});

/** What would be installed for a pin of PyTorch, without installing it. */
export function askTorchCommand(place: SetupPlace, torch: string): Command {
  return place.installer.kind === "uv"
    ? uv(place, place.installer.program, "--dry-run", `torch==${torch}`)
    : pip(
        place,
        "install",
        "--dry-run",
        "--quiet",
        "--no-deps",
        "--ignore-installed",
        "--report",
        "-",
        `torch==${torch}`,
      );
}

/** `cpuIndex`: the plain index has no CPU build of PyTorch, so PyTorch's own is asked too. */
export function installCommand(place: SetupPlace, lock: Lock, cpuIndex: boolean): Command {
  if (place.installer.kind === "uv") {
    const backend = cpuIndex
      ? ["--torch-backend", "cpu"]
      : lock.set === "cpu"
        ? []
        : ["--torch-backend", lock.set];
    return uv(place, place.installer.program, "--no-progress", "-r", lock.path, ...backend);
  }
  const index = lock.set === "cpu" ? (cpuIndex ? PYTORCH_CPU_INDEX : null) : cudaIndex(lock.set);
  const extra = index === null ? [] : ["--extra-index-url", index];
  // Without bytecode: compiling all of it takes longer than the first import that does it for what is needed.
  return pip(
    place,
    "install",
    "--no-deps",
    "--no-compile",
    "--progress-bar",
    "off",
    "-r",
    lock.path,
    ...extra,
  );
}

const cudaIndex = (set: string): string => PYTORCH_CPU_INDEX.replace(/cpu$/, set);

/** Imports what a training imports; nothing is sent or installed. */
export function verifyCommand(place: SetupPlace, set: string): Command {
  return {
    file: environmentPython(place.folder, place.platform),
    args: ["-c", "import unsloth, torch, transformers, trl, peft, datasets; print(torch.__version__)"],
    env: {
      UNSLOTH_AUTO_INSTALL: "0",
      UNSLOTH_DISABLE_STATISTICS: "1",
      HF_HUB_OFFLINE: "1",
      ...(set === "cpu" ? { UNSLOTH_FORCE_CPU: "1" } : {}),
    },
  };
}

/** As one would type it. */
export const shown = ({ file, args }: Command): string =>
  [file, ...args].map((part) => (/[\s"'$\\]/.test(part) ? JSON.stringify(part) : part)).join(" ");
