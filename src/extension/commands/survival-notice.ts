import { commands, l10n, window } from "vscode";
import { untoldSurvival } from "../../machine/doctor/survival-told.ts";
import { COMMANDS } from "../contributions.ts";
import { detail } from "../log.ts";
import type { Services } from "../services.ts";

/**
 * Once, before the first run of this machine: what would end a run with its window, and the setting against
 * it. It does not hold the run up: a person who closes the window later has read it by then.
 */
export async function tellSurvival({ machine, log }: Services): Promise<void> {
  try {
    const [first, ...others] = await untoldSurvival(machine.data, process.env);
    if (first === undefined) return;
    const more = others.length === 0 ? [] : [l10n.t("Doctor names {0} more.", others.length)];
    const words = [first.message, first.fix, ...more].filter((part) => part !== undefined).join(" ");
    void show(words);
  } catch (error) {
    // A notice that cannot be made is no reason not to train.
    log.error(`Will it survive: ${detail(error)}`);
  }
}

async function show(words: string): Promise<void> {
  const doctor = l10n.t("Doctor");
  if ((await window.showWarningMessage(words, doctor)) === doctor) {
    await commands.executeCommand(COMMANDS.doctor);
  }
}
