import { commands, l10n, Uri, window, workspace } from "vscode";
import { join } from "node:path";
import { wholeCheckpoints, type WholeCheckpoint } from "../../launch/checkpoints.ts";
import { COMMANDS } from "../contributions.ts";
import { Refusal } from "../refusal.ts";
import { requireTrust } from "../trust.ts";

/**
 * Goes on from a checkpoint that need not be the newest. Later ones belong to steps that are made again, and
 * two lines of steps in one folder could not be told apart, so after a question they go.
 */
export async function resumeFrom(folder: string, step: number): Promise<void> {
  requireTrust();
  const whole = await wholeCheckpoints(folder);
  if (!whole.some((checkpoint) => checkpoint.step === step)) {
    throw new Refusal(l10n.t("The checkpoint of step {0} is gone or not whole.", step));
  }
  const later = whole.filter((checkpoint) => checkpoint.step > step);
  if (later.length > 0 && !(await agreed(step, later))) return;
  for (const { path } of later) await remove(Uri.file(join(folder, path)));
  await commands.executeCommand(COMMANDS.resume, { kind: "run", folder });
}

async function agreed(step: number, later: readonly WholeCheckpoint[]): Promise<boolean> {
  const yes = l10n.t("Resume from Step {0}", step);
  const steps = later.map((checkpoint) => checkpoint.step).join(", ");
  const answer = await window.showWarningMessage(
    l10n.t("Go on from step {0}?", step),
    {
      modal: true,
      detail: l10n.t(
        "What was trained after it is made again. Later checkpoints (step {0}) go to the trash where this system has one.",
        steps,
      ),
    },
    yes,
  );
  return answer === yes;
}

async function remove(checkpoint: Uri): Promise<void> {
  try {
    await workspace.fs.delete(checkpoint, { recursive: true, useTrash: true });
  } catch {
    // Servers and containers have no trash; the person was asked before.
    await workspace.fs.delete(checkpoint, { recursive: true, useTrash: false });
  }
}
