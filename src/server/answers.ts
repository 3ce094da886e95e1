import type { CodeAction, Connection } from "vscode-languageserver";
import { LONGEST_CONFIG } from "../core/config/parse.ts";
import type { ServerOptions } from "../core/server-options.ts";
import { cursorAt } from "../language/cursor.ts";
import { complete } from "../language/complete.ts";
import { wantedFolder } from "../language/complete-paths.ts";
import { definition } from "../language/definition.ts";
import { codeActions, fixAllOf, withFixAll } from "../language/fixes.ts";
import { folding } from "../language/folding.ts";
import { highlights } from "../language/highlights.ts";
import { hints } from "../language/hints.ts";
import { hover } from "../language/hover.ts";
import { lenses } from "../language/lenses.ts";
import { links } from "../language/links.ts";
import { completionWorld } from "../language/suggestions.ts";
import { symbols } from "../language/symbols.ts";
import type { Host } from "./host.ts";
import type { Workspace } from "./workspace.ts";

/** Each request as one call of a feature. Completion and hover work on the text of this moment, never on a waiting one. */
export function answerRequests(
  connection: Connection,
  workspace: Workspace,
  host: Host,
  options: () => ServerOptions,
): void {
  const places = () => ({ uriOf: host.uriOf, docs: options().docs });

  connection.onCompletion(async ({ textDocument: { uri }, position }) => {
    const analysis = workspace.analysis(uri);
    if (analysis === undefined) return null;
    const { document, world } = analysis;
    const text = document.getText();
    // Not read, so not completed either.
    if (text.length > LONGEST_CONFIG) return null;
    const offset = document.offsetAt(position);
    const cursor = cursorAt(text, offset);
    if (cursor === null) return null;
    const folder = wantedFolder(cursor, text, offset, world.place);
    const entries = folder === null ? [] : await host.files.list(folder);
    return complete(document, offset, cursor, completionWorld(analysis, cursor, entries));
  });

  connection.onHover(({ textDocument: { uri }, position }) => {
    const analysis = workspace.analysis(uri);
    return analysis ? hover(analysis, analysis.document.offsetAt(position), workspace.figure(uri)) : null;
  });

  connection.onCodeAction(({ textDocument: { uri }, range, context: { only } }) => {
    const analysis = workspace.analysis(uri);
    return analysis ? codeActions(analysis, range, only, places()) : null;
  });
  connection.onCodeActionResolve((action: CodeAction) => {
    const uri = fixAllOf(action);
    const analysis = uri === null ? undefined : workspace.analysis(uri);
    return analysis ? withFixAll(action, analysis) : action;
  });

  connection.onCodeLens(({ textDocument: { uri } }) => {
    const analysis = workspace.analysis(uri);
    return analysis && workspace.settings.lens ? lenses(analysis, workspace.figure(uri)) : null;
  });
  connection.languages.inlayHint.on(({ textDocument: { uri } }) => {
    const analysis = workspace.analysis(uri);
    const shown = workspace.figure(uri);
    return analysis ? hints(analysis, shown?.figure ?? null, workspace.settings.hints) : null;
  });

  connection.onDocumentSymbol(({ textDocument: { uri } }) => {
    const analysis = workspace.analysis(uri);
    return analysis ? symbols(analysis.document, analysis.parsed) : null;
  });
  connection.onFoldingRanges(({ textDocument: { uri } }) => {
    const analysis = workspace.analysis(uri);
    return analysis ? folding(analysis.document, analysis.parsed) : null;
  });
  connection.onDocumentHighlight(({ textDocument: { uri }, position }) => {
    const analysis = workspace.analysis(uri);
    return analysis
      ? highlights(analysis.document, analysis.parsed, analysis.document.offsetAt(position))
      : null;
  });
  connection.onDocumentLinks(({ textDocument: { uri } }) => {
    const analysis = workspace.analysis(uri);
    return analysis ? links(analysis, host.uriOf) : null;
  });
  connection.onDefinition(({ textDocument: { uri }, position }) => {
    const analysis = workspace.analysis(uri);
    return analysis ? definition(analysis, analysis.document.offsetAt(position), host.uriOf) : null;
  });
}
