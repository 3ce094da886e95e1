/** The extension's own log channel: where what is unexpected goes, with its stack. */
import { window, type LogOutputChannel } from "vscode";

export const createLog = (): LogOutputChannel => window.createOutputChannel("Fine-Tune", { log: true });

export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** For the log only. */
export const detail = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
