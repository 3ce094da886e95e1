/** After the training: merged models and GGUF files without a GPU, then everything that was made comes here. */
import { readAttempt } from "../run-files.ts";
import { LaunchError } from "../launcher.ts";
import { exportOnModal } from "./export-on-modal.ts";
import { fetchFiles } from "./fetch-files.ts";
import type { Journal } from "./journal.ts";
import { patiently } from "./launch-sandbox.ts";
import { type PumpContext, volumeOf } from "./pump-context.ts";
import { RESOLVED } from "./names.ts";
import type { StopTask } from "./stop-task.ts";
import { onCpu } from "./upload-run.ts";

/** Exports that failed; the training itself is safe. */
export async function exportsOf(context: PumpContext, journal: Journal, stop: StopTask): Promise<string[]> {
  const { keeper, plan } = context;
  const wanted = onCpu(plan);
  if (journal.finished?.status !== "succeeded" || wanted.length === 0 || stop.asked !== null) return [];
  await keeper.stage("exporting");
  try {
    return await exportOnModal(context, {
      items: wanted,
      method: null,
      parameters: journal.job.model?.parameters ?? null,
      signal: stop.preparing.signal,
      onEvent: (event) => journal.add(event),
      onPhase: (text) => keeper.change({ detail: text }),
    });
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    const { code, message, hint } = error;
    journal.add({ type: "error", code, message, hint, phase: "export", traceback: "" });
    return wanted.map(({ method }) => method);
  }
}

/** Adapter, model, exports: what the events name. */
export async function fetchArtifacts(context: PumpContext, journal: Journal, stop: StopTask): Promise<void> {
  const { session, folder, id, keeper } = context;
  const paths = [...new Set(journal.job.artifacts.map(({ path }) => path))];
  const fetch = { session, volume: volumeOf(context), id, folder };
  const never = new AbortController().signal;
  for (const path of paths) {
    await keeper.stage("downloading", { detail: path });
    const onProgress = (done: number, total: number): void =>
      keeper.change({ progress: { done, total, unit: "bytes" } });
    // A stop that came after the training is no wish to lose its result.
    await patiently(context, { asked: null, preparing: stop.preparing }, () =>
      fetchFiles(fetch, path, onProgress, never),
    );
  }
  if ((await readAttempt(folder, 0)) !== null) await fetchSmall(context, RESOLVED);
}

/** What later attempts and chats compare with; a run that failed early has none. */
async function fetchSmall(context: PumpContext, name: string): Promise<void> {
  const { session, folder, id } = context;
  const fetch = { session, volume: volumeOf(context), id, folder };
  try {
    await fetchFiles(fetch, name, () => undefined, new AbortController().signal);
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    context.log(`${name}: ${error.message}`);
  }
}
