/** The boundary of every command: what is expected becomes a message with a way out, the rest goes to the log. */
import { commands, l10n, window, type LogOutputChannel } from "vscode";
import { LaunchError } from "../../launch/launcher.ts";
import { detail, reason } from "../log.ts";
import { plainMessage } from "../plain-message.ts";
import { isRefusal } from "../refusal.ts";

export function guarded<A extends readonly unknown[]>(
  log: LogOutputChannel,
  id: string,
  work: (...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    try {
      await work(...args);
    } catch (error) {
      await tell(log, id, error);
    }
  };
}

async function tell(log: LogOutputChannel, id: string, error: unknown): Promise<void> {
  if (isRefusal(error)) {
    const chosen = await window.showWarningMessage(
      plainMessage(error.message),
      ...error.ways.map(({ title }) => title),
    );
    const way = error.ways.find(({ title }) => title === chosen);
    if (way !== undefined) await commands.executeCommand(way.command, ...(way.args ?? []));
    return;
  }
  log.error(`${id}: ${detail(error)}`);
  const showLog = l10n.t("Show Log");
  const words =
    error instanceof LaunchError
      ? `${error.message} ${error.hint}`
      : l10n.t("That did not work: {0}", reason(error));
  if ((await window.showErrorMessage(plainMessage(words), showLog)) === showLog) log.show();
}
