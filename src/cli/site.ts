/** What verbs need of the place they run in: folders, the trainer's package, the interpreter. */
import { homedir } from "node:os";
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder, dataFolder } from "../launch/places.ts";
import { readJson } from "../launch/json-file.ts";
import { LaunchError } from "../launch/launcher.ts";
import type { ModalSite } from "../launch/modal/site.ts";
import { runFile, runInfoSchema } from "../launch/run-files.ts";
import type { Site } from "../launch/start.ts";
import { queryGpus } from "../machine/gpu.ts";
import { choosePython, type PythonChoice } from "../machine/python-env.ts";
import { requirementSet } from "../machine/requirement-set.ts";
import { modalSite } from "./modal-site.ts";
import type { Io } from "./verb.ts";

export interface Places {
  readonly cache: string;
  readonly data: string;
  readonly runsRoot: string | undefined;
}

export function places({ env }: Io): Places {
  const around = { platform: process.platform, env, home: homedir() };
  const runsRoot = env["FINETUNE_RUNS_DIR"];
  return {
    cache: cacheFolder(around),
    data: dataFolder(around),
    runsRoot: runsRoot === "" ? undefined : runsRoot,
  };
}

/**
 * The folder `python/` of this installation: beside `dist/`, in a checkout and in the packaged extension.
 * FINETUNE_TRAINER_DIR names another one, for those who work on the trainer.
 */
export function pythonFolder({ env }: Io, program: string | undefined = process.argv[1]): string {
  const own = env["FINETUNE_TRAINER_DIR"];
  if (own !== undefined && own !== "") return own;
  // The bundle is one level below; a test runs from deeper in the tree.
  for (let at = dirname(realpathSync(program ?? ".")); dirname(at) !== at; at = dirname(at)) {
    const folder = join(at, "python");
    if (existsSync(join(folder, "finetune_trainer"))) return folder;
  }
  throw new LaunchError(
    "incomplete-installation",
    "The trainer's Python package is not beside this program.",
    "Install the extension again, or run from a complete checkout.",
  );
}

export const findPython = async (io: Io, explicit: string | undefined): Promise<PythonChoice> => {
  const active = io.env["VIRTUAL_ENV"] ?? io.env["CONDA_PREFIX"];
  const named = explicit ?? io.env["FINETUNE_PYTHON"];
  const answer = await queryGpus();
  return choosePython({
    explicit: named === "" ? undefined : named,
    set: "gpus" in answer ? requirementSet(process.platform, answer.gpus).set : undefined,
    cache: places(io).cache,
    active:
      active === undefined || active === ""
        ? undefined
        : process.platform === "win32"
          ? join(active, "Scripts", "python.exe")
          : join(active, "bin", "python"),
  });
};

/** Everything a launch needs. Asks for GPUs, because a silent training on the CPU would be worse. */
export async function site(io: Io, python: PythonChoice): Promise<Site> {
  const { cache, data, runsRoot } = places(io);
  const answer = await queryGpus();
  return {
    python: python.python,
    trainer: pythonFolder(io),
    cache,
    data,
    env: io.env,
    hasGpu: "gpus" in answer && answer.gpus.length > 0,
    ...(runsRoot === undefined ? {} : { runsRoot }),
  };
}

/** For a run on Modal, which needs no interpreter and no GPU here. */
export async function rentedSite(io: Io): Promise<Site & { readonly modal: ModalSite }> {
  const { cache, data, runsRoot } = places(io);
  return {
    python: "",
    trainer: pythonFolder(io),
    cache,
    data,
    env: io.env,
    hasGpu: false,
    modal: await modalSite(io),
    ...(runsRoot === undefined ? {} : { runsRoot }),
  };
}

/** The place of a run that there is: by where it runs, a site of this machine or of Modal. */
export async function siteOf(io: Io, folder: string, python: string | undefined): Promise<Site> {
  const info = await readJson(runFile(folder), runInfoSchema);
  return info?.target === "modal" ? rentedSite(io) : site(io, await findPython(io, python));
}

/** What a stop of a run on Modal needs; undefined for a run of this machine. */
export async function modalOf(io: Io, folder: string): Promise<ModalSite | undefined> {
  const info = await readJson(runFile(folder), runInfoSchema);
  return info?.target === "modal" ? modalSite(io) : undefined;
}
