import { l10n, Uri, window, workspace } from "vscode";
import { COMMANDS, LANGUAGE } from "../contributions.ts";
import { Refusal } from "../refusal.ts";

const GLOB = "**/{*.finetune.yaml,*.finetune.yml,finetune.yaml}";
const EXCLUDED = "**/{node_modules,.finetune,.venv,venv}/**";

export const findConfigs = (most?: number): Thenable<Uri[]> => workspace.findFiles(GLOB, EXCLUDED, most);

/** The config that a lens, a button, the open editor or the palette means. */
export async function pickConfig(argument: unknown): Promise<Uri | undefined> {
  if (argument instanceof Uri) return argument;
  // A lens of the language server carries the address as text.
  if (typeof argument === "string") return Uri.parse(argument, true);
  const open = window.activeTextEditor?.document;
  if (open?.languageId === LANGUAGE) return open.uri;
  const found = await findConfigs();
  const [only, ...others] = found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  if (only === undefined) {
    throw new Refusal(l10n.t("There is no *.finetune.yaml in this workspace."), [
      { title: l10n.t("New Config"), command: COMMANDS.newConfig },
    ]);
  }
  if (others.length === 0) return only;
  const chosen = await window.showQuickPick(
    [only, ...others].map((uri) => ({ label: workspace.asRelativePath(uri), uri })),
    { placeHolder: l10n.t("Which config?") },
  );
  return chosen?.uri;
}
