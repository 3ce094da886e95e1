import { l10n } from "vscode";
import type { Kind } from "./arrangement.ts";

export function kindWord(kind: Kind): string {
  const words: Readonly<Record<Kind, string>> = {
    all: l10n.t("All runs"),
    going: l10n.t("Going or waiting"),
    succeeded: l10n.t("Succeeded"),
    failed: l10n.t("Failed, interrupted or unknown"),
    starred: l10n.t("With a star"),
  };
  return words[kind];
}
