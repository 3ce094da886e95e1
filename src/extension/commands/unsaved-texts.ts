import { workspace } from "vscode";
import type { Unsaved } from "../../launch/load-config.ts";

/** What is open and not saved counts as it is shown. */
export const unsavedTexts = (): Unsaved =>
  new Map(
    workspace.textDocuments
      .filter(({ isDirty, uri }) => isDirty && uri.scheme === "file")
      .map((document) => [document.uri.fsPath, document.getText()]),
  );
