/** Why a run failed: what the trainer said about it, completed by what its log is known to mean. */
import type { Edit } from "../../core/config/problem.ts";
import { explain, type Explanation } from "../../core/failures/explain.ts";
import type { Failure } from "../../core/panel.ts";
import { lastWords } from "../../launch/last-words.ts";
import { readLogTail } from "../../launch/log.ts";
import { outputFile } from "../../launch/run-files.ts";
import type { RunView } from "../../launch/runs.ts";

export interface Diagnosis {
  readonly failure: Failure;
  /** Changes of the config that fix it. */
  readonly edits: readonly Edit[];
}

/** The end of a log says why; what an earlier attempt wrote lies in a file of its own. */
const LOG_LINES = 2000;

/** null: it did not fail. */
export async function diagnose(view: RunView): Promise<Diagnosis | null> {
  if (view.state !== "failed" && view.state !== "crashed") return null;
  const { lines } = await readLogTail(outputFile(view.folder, view.attemptNumber), LOG_LINES);
  return diagnosisOf(view, lines);
}

export function diagnosisOf({ job, attempt, state }: RunView, log: readonly string[]): Diagnosis {
  const { error } = job;
  const known = explain(error === null ? log.join("\n") : error.traceback)[0];
  if (error !== null) {
    const { code, message, phase, traceback } = error;
    const path = error.path ?? known?.path ?? null;
    const hint = error.hint ?? known?.hint ?? null;
    // A second opinion about another key would contradict what the trainer says.
    const edits = known !== undefined && known.path === path ? known.edits : [];
    return { failure: { code, message, path, hint, phase, traceback, fix: fixText(edits) }, edits };
  }
  return known === undefined ? unexplained(attempt?.failed ?? lastWords(log), state) : explained(known, log);
}

function explained(known: Explanation, log: readonly string[]): Diagnosis {
  const { code, message, path, hint, phase, edits, line } = known;
  const traceback = line === null ? "" : log.slice(Math.max(0, line - CONTEXT), line + 1).join("\n");
  return { failure: { code, message, path, hint, phase, traceback, fix: fixText(edits) }, edits };
}

/** Lines of the log shown with an explanation. */
const CONTEXT = 30;

const unexplained = (words: string | null, code: string): Diagnosis => ({
  failure: {
    code,
    message:
      words === null ? "The trainer ended without a word." : `The trainer ended. Its last words: ${words}`,
    path: null,
    hint: words === null ? "The system may have ended it, for want of memory or at a restart." : null,
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
