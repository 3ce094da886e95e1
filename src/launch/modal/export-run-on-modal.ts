/** Exports of a run that has ended on Modal, asked for by a person: made there, brought here. */
import { basename } from "node:path";
import { modalSettings } from "../../core/run/modal-settings.ts";
import type { Plan } from "../../core/run/plan.ts";
import { hasEnded } from "../../core/run/status.ts";
import { LaunchError } from "../launcher.ts";
import { readRemote } from "../remote-file.ts";
import { noRun, readPlan } from "../resume.ts";
import { openRun } from "../runs.ts";
import { exportOnModal, type ExportContext, type ExportOnModal } from "./export-on-modal.ts";
import { fetchFiles } from "./fetch-files.ts";
import { keepCost } from "./keep-cost.ts";
import { sleep, volumeOf } from "./pump-context.ts";
import { type PumpLock, takePumpLock } from "./pump-lock.ts";
import { RemoteKeeper } from "./remote-keeper.ts";
import type { ModalSession } from "./session.ts";
import { secretsFor } from "./site.ts";

export interface RentedExport {
  /** Undefined: what the run's plan asked for. */
  readonly method?: Plan["save"][number]["method"] | "script" | undefined;
  readonly quantization: readonly string[];
  readonly signal: AbortSignal;
  readonly onPhase: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Made {
  readonly kind: string;
  readonly path: string;
  readonly bytes: number;
}

/** Rejects with a `LaunchError` for the first thing that could not be made. */
export async function exportRunOnModal(
  session: ModalSession,
  folder: string,
  wish: RentedExport,
): Promise<Made[]> {
  const view = await openRun(folder);
  const remote = await readRemote(folder);
  if (view === null || remote === null) throw noRun(folder);
  const lock = hasEnded(view.state) ? await lockOf(folder) : null;
  if (lock === null) {
    throw new LaunchError(
      "still-running",
      `${view.id} is still going (${view.state}).`,
      "Export it when it has ended; what its config asks for is made by itself.",
      folder,
    );
  }
  const { plan, inputs } = await readPlan(folder);
  const keeper = new RemoteKeeper(folder, remote, lock.holds);
  const context: ExportContext = {
    session,
    keeper,
    settings: modalSettings(plan),
    id: basename(folder),
    folder,
    plan,
    inputs,
    secrets: secretsFor(plan, wish.env),
    log: () => undefined,
  };
  const made: Made[] = [];
  let failure: LaunchError | null = null;
  try {
    await exportOnModal(context, {
      ...wanted(plan, wish),
      parameters: view.job.model?.parameters ?? null,
      signal: wish.signal,
      onPhase: wish.onPhase,
      onEvent: (event) => {
        if (event["type"] === "artifact") made.push(event as never);
        else
          failure ??= new LaunchError(String(event["code"]), String(event["message"]), hintOf(event), folder);
      },
    });
    for (const { path } of made) {
      wish.onPhase(`downloading ${path}`);
      const fetch = { session, volume: volumeOf(context), id: context.id, folder };
      await fetchFiles(fetch, path, () => undefined, wish.signal);
    }
  } finally {
    await keeper.close();
    await keepCost(folder, keeper.value);
    await lock.release();
  }
  if (failure !== null) throw failure;
  return made;
}

/** The pump that has just written the end lets go of the run a moment later. */
const LET_GO_MS = 5000;

async function lockOf(folder: string): Promise<PumpLock | null> {
  for (const until = Date.now() + LET_GO_MS; ; await sleep(100)) {
    const lock = await takePumpLock(folder);
    if (lock !== null || Date.now() > until) return lock;
  }
}

const hintOf = (event: Record<string, unknown>): string =>
  typeof event["hint"] === "string" ? event["hint"] : "The training itself is safe.";

function wanted(plan: Plan, { method, quantization }: RentedExport): Pick<ExportOnModal, "items" | "method"> {
  if (method === undefined) return { items: plan.save, method: null };
  if (method === "script") return { items: [], method };
  const item = { method, quantization_method: [...quantization], push_to_hub: null };
  return { items: [{ ...item, private: true, overwrite: false }], method };
}
