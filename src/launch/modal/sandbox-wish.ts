/** What is asked of Modal for an attempt, or for an export: command, environment, machine, limits. */
import { hostname } from "node:os";
import type { SandboxTimes } from "../../core/run/budget.ts";
import type { ModalSettings } from "../../core/run/modal-settings.ts";
import type { Plan } from "../../core/run/plan.ts";
import { needsNetwork } from "../child-environment.ts";
import { allTags, CACHE_MOUNT, RUNS_MOUNT, runOnVolume, sandboxName } from "./names.ts";
import { volumesOf } from "./pump-context.ts";
import type { SandboxWish } from "./session.ts";

export interface Wished {
  readonly id: string;
  readonly attempt: number;
  readonly plan: Plan;
  readonly settings: ModalSettings;
  readonly times: SandboxTimes;
  readonly image: string;
  readonly secrets: Readonly<Record<string, string>>;
}

export const folderInSandbox = (id: string): string => `${RUNS_MOUNT}/${runOnVolume(id)}`;

const seconds = (value: number): string => String(Math.round(value * 10) / 10);

/** Every path is an argument or a variable: nothing in the sandbox knows where its volumes lie. */
function boxCommand(
  id: string,
  name: string,
  limits: readonly string[],
  verb: string,
  ...rest: string[]
): string[] {
  const folder = folderInSandbox(id);
  const box = ["python", "-m", "finetune_trainer.container", folder, "--name", name, "--mount", RUNS_MOUNT];
  return [...box, ...limits, "--", verb, folder, ...rest];
}

export function trainCommand({ id, attempt, settings, times }: Wished): string[] {
  const stall = settings.stallS === null ? [] : ["--stall", String(settings.stallS)];
  const limits = ["--end-after", seconds(times.hardEndS), ...stall];
  return boxCommand(id, String(attempt), limits, "train", "--attempt", String(attempt));
}

const exportCommand = ({ id, times }: Wished, name: string, args: readonly string[]): string[] =>
  boxCommand(id, name, ["--end-after", seconds(times.hardEndS)], "export", ...args);

export const trainWish = (wished: Wished): SandboxWish => ({
  ...common(wished),
  command: trainCommand(wished),
  gpu: wished.settings.gpu,
  name: sandboxName(wished.id, wished.attempt),
  tags: allTags(wished.id, wished.attempt, hostname()),
  env: {
    ...environment(wished),
    // Without a GPU in sight Unsloth would train on the CPU, for the price of a GPU.
    UNSLOTH_DISABLE_CPU_FALLBACK: "1",
  },
});

/** Without a GPU: a merge or a conversion would keep one waiting. `memory` MiB. */
export const exportWish = (
  wished: Wished,
  name: string,
  args: readonly string[],
  memory: number,
): SandboxWish => ({
  ...common(wished),
  command: exportCommand(wished, name, args),
  gpu: null,
  memory,
  name: sandboxName(wished.id, wished.attempt, `.${name}`),
  tags: { ...allTags(wished.id, wished.attempt, hostname()), "finetune-kind": "export" },
  env: { ...environment(wished), UNSLOTH_FORCE_CPU: "1", UNSLOTH_ALLOW_CPU: "1" },
});

const common = ({ settings, times, image, secrets }: Wished) => ({
  image,
  cpu: settings.cpu,
  memory: settings.memory,
  timeoutS: times.timeoutS,
  region: settings.region,
  secretNames: settings.secrets,
  secretValues: secrets,
  volumes: volumesOf(settings, { runs: RUNS_MOUNT, cache: CACHE_MOUNT }),
});

function environment({ id, plan, settings }: Wished): Record<string, string> {
  // Compiled kernels belong to a kind of card.
  const card = settings.gpu.replace(/[!+]?(:\d+)?$/, "");
  return {
    PYTHONPATH: `${folderInSandbox(id)}/trainer`,
    PYTHONUNBUFFERED: "1",
    PYTHONUTF8: "1",
    HF_HOME: `${CACHE_MOUNT}/huggingface`,
    FINETUNE_CACHE_DIR: `${CACHE_MOUNT}/finetune`,
    TRITON_CACHE_DIR: `${CACHE_MOUNT}/triton/${card}`,
    TORCHINDUCTOR_CACHE_DIR: `${CACHE_MOUNT}/inductor/${card}`,
    UNSLOTH_AUTO_INSTALL: "0",
    UNSLOTH_DISABLE_STATISTICS: "1",
    UNSLOTH_SKIP_NOTEBOOK_SYNC: "1",
    TOKENIZERS_PARALLELISM: "false",
    ...(needsNetwork(plan) ? {} : { HF_HUB_OFFLINE: "1" }),
  };
}
