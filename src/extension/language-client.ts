import { Uri, window, workspace, type Disposable, type ExtensionContext } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { FACTS_NOTIFICATION } from "../core/facts.ts";
import { FILE_REQUEST, type FileReply, type FileRequest } from "../core/file-requests.ts";
import { isGpuAwake } from "../machine/gpu-awake.ts";
import { LANGUAGE } from "./contributions.ts";
import { answerFileRequest } from "./file-requests.ts";
import { languageOptions, SERVER_ID, SERVER_NAME } from "./language-options.ts";
import { detail } from "./log.ts";
import { factsForServer } from "./server-facts.ts";
import type { Services } from "./services.ts";

/** GPUs are asked again when the window gets the focus, not more often than this. */
const FACTS_PAUSE_MS = 60_000;

/**
 * Starts the language server with the first config that is opened, and keeps it told about the machine.
 * Settles when the server runs; rejects with the reason when it could not start.
 */
export async function startLanguageClient(context: ExtensionContext, services: Services): Promise<void> {
  await firstConfig(context);
  // Loaded only now: nobody waits for the client library who opens no config.
  const { LanguageClient, RequestType, TransportKind } = await import("vscode-languageclient/node");
  const module = Uri.joinPath(services.extension, "dist", "server.js").fsPath;
  const client = new LanguageClient(
    SERVER_ID,
    SERVER_NAME,
    { run: { module, transport: TransportKind.ipc }, debug: { module, transport: TransportKind.ipc } },
    languageOptions(services.extension, services.log),
  );
  client.onRequest(new RequestType<FileRequest, FileReply, void>(FILE_REQUEST), answerFileRequest);
  context.subscriptions.push(client);
  await client.start();
  context.subscriptions.push(...tellFacts(client, services));
}

const isConfig = ({ languageId }: { readonly languageId: string }): boolean => languageId === LANGUAGE;

/** Resolves when a config is open: at once, or when one is opened. */
function firstConfig(context: ExtensionContext): Promise<void> {
  if (workspace.textDocuments.some(isConfig)) return Promise.resolve();
  return new Promise((resolve) => {
    const listener = workspace.onDidOpenTextDocument((document) => {
      if (!isConfig(document)) return;
      listener.dispose();
      resolve();
    });
    context.subscriptions.push(listener);
  });
}

/** Sends the facts now, when the machine turns out to be another, on focus, and when the workspace is trusted. */
function tellFacts(client: LanguageClient, services: Services): Disposable[] {
  let asked = 0;
  const send = (): void => {
    const facts = factsForServer(services.machine.state);
    client.sendNotification(FACTS_NOTIFICATION, facts).catch((error: unknown) => {
      services.log.warn(`The language server was not told about this machine: ${detail(error)}`);
    });
  };
  const ask = async (): Promise<void> => {
    if (Date.now() - asked < FACTS_PAUSE_MS || !(await isGpuAwake())) return;
    asked = Date.now();
    // The answer arrives through onDidChange.
    await services.machine.gpus();
  };
  const askQuietly = (): void => {
    ask().catch((error: unknown) => services.log.warn(`Asking for GPUs: ${detail(error)}`));
  };
  send();
  askQuietly();
  return [
    services.machine.onDidChange(send),
    workspace.onDidGrantWorkspaceTrust(send),
    window.onDidChangeWindowState(({ focused }) => focused && askQuietly()),
  ];
}
