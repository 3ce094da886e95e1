import { workspace } from "vscode";
import type { Unsaved } from "../launch/load-config.ts";

/** What is on the screen counts, not what was saved. */
export const unsavedTexts = (): Unsaved =>
  new Map(
    workspace.textDocuments
      .filter(({ isDirty, uri }) => isDirty && uri.scheme === "file")
      .map((document) => [document.uri.fsPath, document.getText()]),
  );
