/** The extension in a browser: all of editing; nothing can be trained there. */
import { Uri, window, type ExtensionContext } from "vscode";
import { LanguageClient, RequestType } from "vscode-languageclient/browser";
import { FACTS_NOTIFICATION, type Facts } from "../core/facts.ts";
import { FILE_REQUEST, type FileReply, type FileRequest } from "../core/file-requests.ts";
import { answerFileRequest } from "./file-requests.ts";
import { languageOptions, SERVER_ID, SERVER_NAME } from "./language-options.ts";

const FACTS: Facts = { platform: "web", can: { run: false, read: false, secrets: false } };

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel("Fine-Tune", { log: true });
  context.subscriptions.push(log);
  const script = Uri.joinPath(context.extensionUri, "dist", "server.browser.js");
  try {
    const worker = new Worker(script.toString(true));
    const client = new LanguageClient(
      SERVER_ID,
      SERVER_NAME,
      worker,
      languageOptions(context.extensionUri, log),
    );
    client.onRequest(new RequestType<FileRequest, FileReply, void>(FILE_REQUEST), answerFileRequest);
    context.subscriptions.push(client);
    await client.start();
    await client.sendNotification(FACTS_NOTIFICATION, FACTS);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.error(error instanceof Error ? error : reason);
    // Nothing else of the extension exists here, so nobody else would say it.
    void window.showErrorMessage(`Checks and completion are off: ${reason}`);
  }
}
