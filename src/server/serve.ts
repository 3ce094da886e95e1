import {
  CodeLensRefreshRequest,
  InlayHintRefreshRequest,
  TextDocumentSyncKind,
  type Connection,
  type InitializeResult,
  type WorkspaceFoldersChangeEvent,
} from "vscode-languageserver";
import { FACTS_NOTIFICATION, type Facts } from "../core/facts.ts";
import { SETTINGS_SECTION, type ServerOptions } from "../core/server-options.ts";
import { FIX_ALL } from "../language/fixes.ts";
import { answerRequests } from "./answers.ts";
import type { Host } from "./host.ts";
import { Publisher } from "./publisher.ts";
import { readServerOptions } from "./server-options.ts";
import { WatchList } from "./watch-list.ts";
import { Workspace } from "./workspace.ts";

const CAPABILITIES: InitializeResult["capabilities"] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
  completionProvider: { triggerCharacters: ["/", "-", " ", '"', "'", "[", "{", ",", "."] },
  hoverProvider: true,
  codeActionProvider: { codeActionKinds: ["quickfix", FIX_ALL], resolveProvider: true },
  codeLensProvider: {},
  inlayHintProvider: true,
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  documentLinkProvider: {},
  documentHighlightProvider: true,
  definitionProvider: true,
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
};

/** Earlier versions of a file, as shown beside it: nothing can be done about them. */
const HISTORY = /^(?:git|gitfs|gitlens[\w-]*|review|pr|vscode-local-history|vscode-scm|conflictresolution):/i;

/** Ties a connection to the language features. Everything that takes time to decide is in the classes it makes. */
export function serve(connection: Connection, host: Host): void {
  let options: ServerOptions = readServerOptions(null, []);
  let client = { lens: false, hints: false, settings: false, folders: false };
  let canRead: boolean | undefined;
  /** False from shutdown on: answers that were on their way have nobody to go to. */
  let live = true;

  const workspace = new Workspace(host, () => changed());
  const watchList = new WatchList(connection, host.uriOf, report);
  const publisher = new Publisher(
    workspace,
    () => ({ uriOf: host.uriOf, docs: options.docs }),
    (uri, version, diagnostics) =>
      void connection.sendDiagnostics({ uri, diagnostics, ...(version === undefined ? {} : { version }) }),
    () => watchList.set(workspace.watched()),
  );

  /** Whatever is on the screen may be out of date. */
  function changed(): void {
    if (!live) return;
    for (const uri of workspace.documents.uris()) publisher.soon(uri);
    if (client.lens) void connection.sendRequest(CodeLensRefreshRequest.type).catch(report);
    if (client.hints) void connection.sendRequest(InlayHintRefreshRequest.type).catch(report);
  }

  function report(error: unknown): void {
    if (live) connection.console.warn(error instanceof Error ? error.message : String(error));
  }

  function applyPolicy(): void {
    host.setPolicy({ anywhere: canRead ?? options.trusted, folders: options.folders.map(host.placeOf) });
    workspace.forgetFiles();
  }

  function foldersChanged({ added, removed }: WorkspaceFoldersChangeEvent): void {
    const gone = new Set(removed.map((folder) => folder.uri));
    const kept = options.folders.filter((uri) => !gone.has(uri));
    options = { ...options, folders: [...kept, ...added.map((folder) => folder.uri)] };
    applyPolicy();
    changed();
  }

  async function loadSettings(): Promise<void> {
    if (client.settings) {
      workspace.setSettings(await connection.workspace.getConfiguration(SETTINGS_SECTION));
    }
    changed();
  }

  connection.onInitialize(({ initializationOptions, workspaceFolders, capabilities }) => {
    options = readServerOptions(
      initializationOptions,
      (workspaceFolders ?? []).map((folder) => folder.uri),
    );
    client = {
      lens: capabilities.workspace?.codeLens?.refreshSupport === true,
      hints: capabilities.workspace?.inlayHint?.refreshSupport === true,
      settings: capabilities.workspace?.configuration === true,
      folders: capabilities.workspace?.workspaceFolders === true,
    };
    applyPolicy();
    return { capabilities: CAPABILITIES, serverInfo: { name: "finetune" } };
  });
  connection.onInitialized(() => {
    if (client.folders) connection.workspace.onDidChangeWorkspaceFolders(foldersChanged);
    loadSettings().catch(report);
  });
  connection.onDidChangeConfiguration(() => void loadSettings().catch(report));
  connection.onNotification(FACTS_NOTIFICATION, (facts: Facts) => {
    workspace.setMachine(facts);
    if (facts.can?.read !== undefined && facts.can.read !== canRead) {
      canRead = facts.can.read;
      applyPolicy();
    }
    changed();
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri } of changes) workspace.fileChanged(uri);
  });

  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
    if (HISTORY.test(uri)) return;
    workspace.documents.open(uri, languageId, version, text);
    workspace.textChanged();
    publisher.soon(uri);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    workspace.documents.change(uri, version, contentChanges);
    workspace.textChanged();
    publisher.typed(uri);
    for (const other of workspace.documents.uris()) if (other !== uri) publisher.typedElsewhere(other);
  });
  connection.onDidSaveTextDocument(({ textDocument: { uri } }) => {
    // Watchers do not fire on every file system; saving is when people expect the truth.
    workspace.fileChanged();
    publisher.soon(uri);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    workspace.close(uri);
    publisher.closed(uri);
  });

  answerRequests(connection, workspace, host, () => options);
  connection.onShutdown(() => {
    live = false;
    publisher.dispose();
  });
  connection.listen();
}
