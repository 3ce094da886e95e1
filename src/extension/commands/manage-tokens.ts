import { InputBoxValidationSeverity, l10n, QuickPickItemKind, window, type QuickPickItem } from "vscode";
import { isForRuns, tokenNameProblem } from "../../launch/token-names.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";

type Kept = Readonly<Record<string, string>>;

/** Tokens that runs need: seen by name only, added, replaced, removed. */
export async function manageTokens({ tokens }: Services): Promise<void> {
  requireTrust();
  const kept = await tokens.all();
  const add = l10n.t("Add a token");
  const items: QuickPickItem[] = [
    { label: `$(add) ${add}` },
    ...(Object.keys(kept).length === 0 ? [] : [{ label: "", kind: QuickPickItemKind.Separator }]),
    ...Object.keys(kept)
      .toSorted()
      .map((name) => ({
        label: name,
        description: isForRuns(name)
          ? l10n.t("given to runs started here")
          : l10n.t("opens the Modal account; no run gets it"),
      })),
  ];
  const chosen = await window.showQuickPick(items, {
    title: l10n.t("Tokens in the editor's secret storage"),
    placeHolder: l10n.t("Runs get them as environment variables. No file and no log holds them."),
  });
  if (chosen === undefined) return;
  if (kept[chosen.label] !== undefined) return change(tokens, chosen.label);
  const name = await askTokenName("HF_TOKEN", kept);
  if (name !== undefined) await enter(tokens, name);
}

async function change(tokens: Services["tokens"], name: string): Promise<void> {
  const replace = l10n.t("Replace");
  const remove = l10n.t("Remove");
  const chosen = await window.showQuickPick([replace, remove], { title: name });
  if (chosen === replace) await enter(tokens, name);
  if (chosen === remove) await tokens.remove(name);
}

async function enter(tokens: Services["tokens"], name: string): Promise<void> {
  const token = await window.showInputBox({
    title: name,
    prompt: l10n.t("The token, as its page shows it"),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? l10n.t("A token has at least one character.") : undefined),
  });
  if (token !== undefined) await tokens.keep(name, token.trim());
}

/** The environment variable of a token; undefined when the person thinks better of it. */
export function askTokenName(usual: string, kept: Kept): Thenable<string | undefined> {
  return window.showInputBox({
    title: l10n.t("Name of the token"),
    prompt: l10n.t("The environment variable under which runs look for it"),
    value: usual,
    ignoreFocusOut: true,
    validateInput(text) {
      const problem = tokenNameProblem(text);
      if (problem !== undefined) return l10n.t("{0} cannot be used: {1}.", text, problem);
      if (kept[text] === undefined) return undefined;
      return {
        message: l10n.t("The token that is kept as {0} will be replaced.", text),
        severity: InputBoxValidationSeverity.Warning,
      };
    },
  });
}
