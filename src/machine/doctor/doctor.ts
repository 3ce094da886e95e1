/** Everything about this machine that decides whether a training will work, each with its fix. */
import { readFile } from "node:fs/promises";
import { arch, availableParallelism, freemem, homedir, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { size } from "../../core/units.ts";
import { findExecutable } from "../../launch/executable.ts";
import { isMissing } from "../../launch/json-file.ts";
import type { Token } from "../../launch/modal/credentials.ts";
import { LaunchError } from "../../launch/launcher.ts";
import { freeBytes, neededBytes } from "../disk-space.ts";
import { queryGpus } from "../gpu.ts";
import type { PythonChoice } from "../python-env.ts";
import { requirementSet } from "../requirement-set.ts";
import { fine, type Finding, problem, warning } from "./finding.ts";
import { gpuFindings } from "./gpus.ts";
import { modalFindings } from "./modal.ts";
import { pathFindings } from "./paths.ts";
import { lookAround, survival } from "./survival.ts";
import { pinsOf, reportFindings, trainerReport } from "./trainer-report.ts";

export interface DoctorWish {
  readonly cache: string;
  readonly data: string;
  /** Folder that holds the trainer's package and the locks. */
  readonly python: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Environment of a trainer process. */
  readonly childEnv: Readonly<Record<string, string>>;
  readonly choose: () => Promise<PythonChoice>;
  /** The token for Modal that the editor keeps; null elsewhere. */
  readonly modal: Token | null;
}

export async function doctor(wish: DoctorWish): Promise<Finding[]> {
  const gpus = await queryGpus();
  const { set } = requirementSet(process.platform, "gpus" in gpus ? gpus.gpus : []);
  const parts = await Promise.all([
    systemFindings(wish),
    gpuFindings(gpus, process.platform),
    pythonFindings(wish, set),
    diskFindings(wish, neededBytes(set)),
    hubFindings(wish.env),
    modalFindings(wish.env, wish.modal),
    lookAround(wish.env).then(survival),
  ]);
  return parts.flat();
}

async function systemFindings({ env }: DoctorWish): Promise<Finding[]> {
  const about = `${process.platform} ${release()}, ${arch()}, ${availableParallelism()} cores, ${size(freemem())} of ${size(totalmem())} memory free`;
  const compiler =
    process.platform === "win32"
      ? null
      : ((await findExecutable("cc", env)) ?? (await findExecutable("gcc", env)));
  const locale = env["LC_ALL"] ?? env["LC_CTYPE"] ?? env["LANG"] ?? "";
  return [
    fine("system", "system", about),
    ...(process.platform === "linux" && compiler === null
      ? [
          warning(
            "system",
            "no-compiler",
            "No C compiler: training on a GPU compiles kernels with one.",
            "Install one: sudo apt install build-essential.",
          ),
        ]
      : []),
    ...(process.platform === "linux" && /^(C|POSIX)$/.test(locale)
      ? [fine("system", "locale", `Locale ${locale}: the trainer itself uses UTF-8.`)]
      : []),
  ];
}

async function pythonFindings(wish: DoctorWish, set: string): Promise<Finding[]> {
  let choice: PythonChoice;
  try {
    choice = await wish.choose();
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    return [problem("python", error.code, error.message, error.hint)];
  }
  const report = await trainerReport(choice.python, wish.python, wish.childEnv);
  const lock = await readFile(join(wish.python, "requirements", `${set}.lock`), "utf8").catch(() => "");
  return [
    fine("python", "interpreter", `${choice.python}: Python ${choice.version}, ${choice.why}`),
    ...reportFindings(report, pinsOf(lock)),
  ];
}

async function diskFindings({ cache, data }: DoctorWish, needed: number): Promise<Finding[]> {
  const found = await Promise.all(
    [
      { path: cache, what: "environments and models", least: needed },
      { path: data, what: "queue and corrections", least: 2 ** 20 },
    ].map(async ({ path, what, least }): Promise<Finding> => {
      const free = await freeNear(path);
      const message = `${path} (${what}): ${size(free)} free`;
      if (free >= least) return fine("disk", "disk", message);
      return warning(
        "disk",
        "disk-low",
        message,
        `Up to ${size(least)} may be needed: free some, or set FINETUNE_CACHE_DIR.`,
      );
    }),
  );
  return [...found, ...pathFindings(process.platform, cache)];
}

/** Of the disk that holds a folder or would hold it. */
async function freeNear(path: string): Promise<number> {
  try {
    return await freeBytes(path);
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
    return freeNear(dirname(path));
  }
}

/** Whether there is a token, never which. */
async function hubFindings(env: DoctorWish["env"]): Promise<Finding[]> {
  const home = env["HF_HOME"] ?? join(env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "huggingface");
  const file = await readFile(env["HF_TOKEN_PATH"] ?? join(home, "token"), "utf8").catch(() => "");
  const has = (env["HF_TOKEN"] ?? "") !== "" || file.trim() !== "";
  return [
    fine(
      "hub",
      has ? "token" : "no-token",
      has
        ? "A Hugging Face token is present."
        : "No Hugging Face token: gated models and uploads need one (hf auth login).",
    ),
  ];
}
