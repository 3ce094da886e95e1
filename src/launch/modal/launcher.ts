/** Trains on a GPU rented from Modal: the folder is made ready here, everything else is the pump's. */
import { attemptsAllowed, planChain } from "../../core/run/budget.ts";
import { modalSettings } from "../../core/run/modal-settings.ts";
import type { Plan } from "../../core/run/plan.ts";
import { newRemote, type Remote } from "../../core/run/remote.ts";
import { createAttempt } from "../attempts.ts";
import { telling } from "../launch-failure.ts";
import type { Handle, Launcher } from "../launcher.ts";
import { judge, judgeHere } from "../liveness.ts";
import { FIRST_ATTEMPT, type NextAttempt } from "../local.ts";
import { readAttempt } from "../run-files.ts";
import { readRemote, writeRemote } from "../remote-file.ts";
import { copyTrainer } from "../trainer-copy.ts";
import { keepImages } from "./image-of.ts";
import { APP, RUNS_VOLUME } from "./names.ts";
import { now } from "./remote-keeper.ts";
import type { ModalSite } from "./site.ts";
import { ensurePump, signedIn } from "./start-pump.ts";
import { stopModal } from "./stop-modal.ts";

export interface ModalSetting {
  readonly modal: ModalSite;
  /** Folder that holds the Python package of the trainer. */
  readonly trainer: string;
  /** Seconds that the training is expected to take; null: not known. */
  readonly estimateS: number | null;
}

export const modalLauncher = (setting: ModalSetting, next: NextAttempt = FIRST_ATTEMPT): Launcher => ({
  async start(plan, _inputs, folder) {
    await makeReady(setting, next, plan, folder);
    await ensurePump(folder, setting.modal);
    return { folder, attempt: next.attempt };
  },
  stop: (handle, how) => stopModal(handle, how, setting.modal),
  state: modalState,
});

/** The attempt exists, and a pump finds all that it needs in the folder. */
export async function makeReady(
  setting: ModalSetting,
  next: NextAttempt,
  plan: Plan,
  folder: string,
): Promise<void> {
  const { attempt, resumeFrom } = next;
  // Before the number is taken: a run that nobody can pay for is no attempt.
  const { environment } = signedIn(setting.modal, folder);
  const settings = modalSettings(plan);
  const chain = planChain(setting.estimateS, settings.timeoutS);
  await createAttempt(folder, { attempt, resumeFrom, target: "modal" });
  await telling(folder, async () => {
    await next.prepare?.();
    await copyTrainer(setting.trainer, folder);
    await keepImages(folder, settings, setting.trainer);
    const known = {
      app: APP,
      environment,
      gpu: settings.gpu,
      volume: settings.volume ?? RUNS_VOLUME,
      max_cost_usd: settings.maxCostUsd,
      planned_attempts: chain.attempts,
      allowed_attempts: attempt + attemptsAllowed(settings, chain.attempts),
    };
    await writeRemote(folder, begin(await readRemote(folder), newRemote(known, now()), attempt));
  });
}

/** What earlier attempts have cost counts against the same limit. */
const begin = (before: Remote | null, fresh: Remote, attempt: number): Remote => ({
  ...fresh,
  attempt,
  paid: before?.paid ?? [],
  rate: before?.rate ?? null,
});

async function modalState({ folder, attempt }: Handle): Promise<"waiting" | "running" | "gone" | "unknown"> {
  const record = await readAttempt(folder, attempt);
  if (record === null) return "unknown";
  const remote = await readRemote(folder);
  const { kind } = await judge(record, await judgeHere(), remote);
  if (kind === "gone" || kind === "waiting") return kind;
  if (kind === "elsewhere") return "unknown";
  return remote?.stage === "running" ? "running" : "waiting";
}
