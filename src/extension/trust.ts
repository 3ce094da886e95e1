import { l10n, workspace } from "vscode";
import type { Confinement } from "../launch/confinement.ts";
import { Refusal } from "./refusal.ts";

/** Menus hide what needs trust; this is the guard behind them, for keybindings and other extensions. */
export function requireTrust(): void {
  if (workspace.isTrusted) return;
  throw new Refusal(l10n.t("This workspace is in Restricted Mode: nothing is started from it."), [
    { title: l10n.t("Manage Workspace Trust"), command: "workbench.trust.manage" },
  ]);
}

/** Where files may be read: in Restricted Mode in the open folders, also behind every link. */
export const confinement = (): Confinement =>
  workspace.isTrusted
    ? undefined
    : (workspace.workspaceFolders ?? [])
        .filter(({ uri }) => uri.scheme === "file")
        .map(({ uri }) => uri.fsPath);
