/** Why a run failed: what the trainer said about it, completed by what its log is known to mean. */
import type { Edit } from "../../core/config/problem.ts";
import { explain, type Explanation } from "../../core/failures/explain.ts";
import type { Failure } from "../../core/panel.ts";
import type { RemoteProblem } from "../../core/run/remote.ts";
import { logKnowsBetter, placeOfProblem, remoteEnd } from "../../core/run/remote-failure.ts";
import { inEnglish, type Say } from "../../core/say.ts";
import { lastWords } from "../../launch/last-words.ts";
import { readLogTail } from "../../launch/log.ts";
import { batchesOf, type Batches } from "../../launch/plan-batches.ts";
import { outputFile } from "../../launch/run-files.ts";
import type { RunView } from "../../launch/runs.ts";

export interface Diagnosis {
  readonly failure: Failure;
  /** Changes of the config that fix it. */
  readonly edits: readonly Edit[];
}

/** The end of a log says why; what an earlier attempt wrote lies in a file of its own. */
const LOG_LINES = 2000;

/** null: it did not fail, and nothing but itself ended it. */
export async function diagnose(view: RunView, say: Say = inEnglish): Promise<Diagnosis | null> {
  if (view.state !== "failed" && view.state !== "crashed" && remoteEnd(view.remote) === null) return null;
  const { lines } = await readLogTail(outputFile(view.folder, view.attemptNumber), LOG_LINES);
  return diagnosisOf(view, lines, say, await batchesOf(view.folder));
}

/** A step of the same rows with half of them at once: less memory, and the same training. */
function smallerBatch(path: string | null, batches: Batches | null): readonly Edit[] {
  if (path !== "training.per_device_train_batch_size" || batches === null || batches.rows < 2) return [];
  const rows = Math.floor(batches.rows / 2);
  const times = Math.ceil((batches.rows * batches.times) / rows);
  return [
    { kind: "set", path: ["training", "per_device_train_batch_size"], value: rows },
    { kind: "set", path: ["training", "gradient_accumulation_steps"], value: times },
  ];
}

export function diagnosisOf(
  { job, attempt, state, remote }: RunView,
  log: readonly string[],
  say: Say = inEnglish,
  batches: Batches | null = null,
): Diagnosis {
  const { error } = job;
  const known = explain(error === null ? log.join("\n") : error.traceback)[0];
  if (error !== null) {
    const { code, message, phase, traceback } = error;
    const path = error.path ?? known?.path ?? null;
    const hint = error.hint ?? known?.hint ?? null;
    // A second opinion about another key would contradict what the trainer says.
    const listed = known !== undefined && known.path === path ? known.edits : [];
    const edits = listed.length > 0 ? listed : smallerBatch(path, batches);
    return { failure: { code, message, path, hint, phase, traceback, fix: fixText(edits) }, edits };
  }
  const ended = remoteEnd(remote);
  if (ended !== null && (known === undefined || !logKnowsBetter(ended))) return endedFrom(ended);
  return known === undefined
    ? unexplained(attempt?.failed ?? lastWords(log), state, say)
    : explained(known, log, batches);
}

/** By Modal, by a limit, or by somebody there: the pump knows why. */
const endedFrom = (problem: RemoteProblem): Diagnosis => ({
  failure: {
    code: problem.code,
    message: problem.message,
    path: placeOfProblem(problem),
    hint: problem.hint,
    phase: null,
    traceback: "",
    fix: null,
  },
  edits: [],
});

function explained(known: Explanation, log: readonly string[], batches: Batches | null): Diagnosis {
  const { code, message, path, hint, phase, line } = known;
  const edits = known.edits.length > 0 ? known.edits : smallerBatch(path, batches);
  const traceback = line === null ? "" : log.slice(Math.max(0, line - CONTEXT), line + 1).join("\n");
  return { failure: { code, message, path, hint, phase, traceback, fix: fixText(edits) }, edits };
}

/** Lines of the log shown with an explanation. */
const CONTEXT = 30;

const unexplained = (words: string | null, code: string, say: Say): Diagnosis => ({
  failure: {
    code,
    message:
      words === null
        ? say("The trainer ended without a word.")
        : say("The trainer ended. Its last words: {0}", words),
    path: null,
    hint: words === null ? say("The system may have ended it, for want of memory or at a restart.") : null,
    phase: null,
    traceback: "",
    fix: null,
  },
  edits: [],
});

/** "training.per_device_train_batch_size: 1"; null when there is nothing that an edit can do. */
function fixText(edits: readonly Edit[]): string | null {
  const words = edits.flatMap((edit) => {
    if (edit.kind === "set") return [`${edit.path.join(".")}: ${JSON.stringify(edit.value)}`];
    return edit.kind === "delete" ? [`without ${edit.path.join(".")}`] : [];
  });
  return words.length === 0 ? null : words.join(", ");
}
