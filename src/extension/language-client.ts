import { Uri, workspace, type ExtensionContext } from "vscode";
import { FACTS_NOTIFICATION } from "../core/facts.ts";
import { FILE_REQUEST, type FileReply, type FileRequest } from "../core/file-requests.ts";
import { LANGUAGE } from "./contributions.ts";
import { answerFileRequest } from "./file-requests.ts";
import { languageOptions, SERVER_ID, SERVER_NAME } from "./language-options.ts";
import type { Services } from "./services.ts";

/**
 * Starts the language server with the first config that is opened, and keeps it told about the machine.
 * Settles when the server runs; rejects with the reason when it could not start.
 */
export async function startLanguageClient(context: ExtensionContext, services: Services): Promise<void> {
  await firstConfig(context);
  // Loaded only now: nobody waits for the client library who opens no config.
  const { LanguageClient, RequestType, TransportKind } = await import("./client-library.ts");
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
  const { tellFacts } = await import("./on-demand.ts");
  context.subscriptions.push(
    ...tellFacts((facts) => client.sendNotification(FACTS_NOTIFICATION, facts), services),
  );
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
