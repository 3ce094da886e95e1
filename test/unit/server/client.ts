import { PassThrough } from "node:stream";
import {
  createConnection,
  createProtocolConnection,
  PublishDiagnosticsNotification,
  StreamMessageReader,
  StreamMessageWriter,
  type Diagnostic,
  type InitializeParams,
  type ProtocolConnection,
} from "vscode-languageserver/node";
import { FILE_REQUEST, type FileReply, type FileRequest } from "../../../src/core/file-requests.ts";
import { askClient } from "../../../src/server/client-files.ts";
import type { Host } from "../../../src/server/host.ts";
import { nodeHost } from "../../../src/server/node-host.ts";
import { serve } from "../../../src/server/serve.ts";

export interface Client {
  readonly connection: ProtocolConnection;
  /** Every set of problems that came for a file, oldest first. */
  readonly published: Map<string, Diagnostic[][]>;
  open(uri: string, text: string): Promise<void>;
  /** Types `text` at a place of the file. */
  type(uri: string, version: number, line: number, character: number, text: string): Promise<void>;
  /** The problems that are shown, as soon as `good` holds for them. */
  problems(uri: string, good: (found: Diagnostic[]) => boolean): Promise<Diagnostic[]>;
  stop(): Promise<void>;
}

export interface ClientOptions {
  readonly folders?: readonly string[];
  readonly trusted?: boolean;
  readonly settings?: unknown;
  readonly files?: (request: FileRequest) => FileReply;
  readonly host?: (ask: ReturnType<typeof askClient>) => Host;
}

/** A real client and the real server, joined by two streams in this process. */
export async function startClient(options: ClientOptions = {}): Promise<Client> {
  const up = new PassThrough();
  const down = new PassThrough();
  const server = createConnection(new StreamMessageReader(up), new StreamMessageWriter(down));
  serve(server, (options.host ?? nodeHost)(askClient(server)));

  const connection = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  const published = new Map<string, Diagnostic[][]>();
  const listeners = new Set<() => void>();
  connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, diagnostics }) => {
    published.set(uri, [...(published.get(uri) ?? []), diagnostics]);
    for (const listener of listeners) listener();
  });
  connection.onRequest("workspace/configuration", () => [options.settings ?? {}]);
  connection.onRequest("client/registerCapability", () => null);
  connection.onRequest("client/unregisterCapability", () => null);
  connection.onRequest("workspace/codeLens/refresh", () => null);
  connection.onRequest("workspace/inlayHint/refresh", () => null);
  connection.onRequest(
    FILE_REQUEST,
    (request: FileRequest) => options.files?.(request) ?? { kind: "refused" },
  );
  connection.listen();
  const initialize: InitializeParams = {
    processId: null,
    rootUri: null,
    capabilities: {
      workspace: {
        configuration: true,
        codeLens: { refreshSupport: true },
        inlayHint: { refreshSupport: true },
      },
    },
    workspaceFolders: null,
    initializationOptions: {
      folders: options.folders ?? [],
      trusted: options.trusted ?? false,
      docs: "file:///ext/diagnostics.md",
    },
  };
  await connection.sendRequest("initialize", initialize);
  await connection.sendNotification("initialized", {});

  return {
    connection,
    published,
    open: (uri, text) =>
      connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri, languageId: "finetune", version: 1, text },
      }),
    type: (uri, version, line, character, text) => {
      const at = { line, character };
      return connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [{ range: { start: at, end: at }, text }],
      });
    },
    problems: (uri, good) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = published.get(uri)?.at(-1);
          if (found === undefined || !good(found)) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      }),
    stop: async () => {
      await connection.sendRequest("shutdown");
      connection.dispose();
      server.dispose();
    },
  };
}

export const messages = (found: readonly Diagnostic[]): string =>
  found.map(({ message }) => String(message)).join("\n");

export const codes = (found: readonly Diagnostic[]): (string | number | undefined)[] =>
  found.map(({ code }) => code);
