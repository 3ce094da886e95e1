/** Why a run on Modal ended, when something other than the trainer ended it: told like a failure of the trainer. */
import type { Remote, RemoteProblem } from "./remote.ts";

/** The line of the config that the sentence is about. */
const PLACES: Readonly<Record<string, string>> = {
  "modal-budget": "compute.modal.max_cost_usd",
  "modal-timeout": "compute.modal.timeout",
  "modal-stall": "compute.modal.stall_timeout",
  "modal-no-capacity": "compute.modal.gpu",
  "modal-gpu": "compute.modal.gpu",
  "modal-gpu-text": "compute.modal.gpu",
  "modal-timeout-text": "compute.modal.timeout",
  "modal-image-missing": "compute.modal.image",
  "modal-image-denied": "compute.modal.image",
  "modal-secret-missing": "compute.modal.secrets",
  "modal-volume-version": "compute.modal.volume",
};

/** null: no line of the config is at fault. */
export const placeOfProblem = ({ code }: Pick<RemoteProblem, "code">): string | null => PLACES[code] ?? null;

/** null while it goes on, for a run of this machine, and where the trainer's own word is all there is to say. */
export const remoteEnd = (remote: Remote | null): RemoteProblem | null =>
  remote?.stage === "ended" ? remote.problem : null;

/** What a log with a known cause explains better. */
export const logKnowsBetter = ({ code }: RemoteProblem): boolean =>
  code === "modal-lost-before-step" || code === "modal-no-result";
