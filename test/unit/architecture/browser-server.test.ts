import { createContext, runInContext } from "node:vm";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CompletionList, Diagnostic } from "vscode-languageserver-types";
import { FILE_REQUEST, type FileReply, type FileRequest } from "../../../src/core/file-requests.ts";
import { bundles } from "../../../esbuild.mjs";

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

let port: MessagePort;
const received: Message[] = [];
const base = new TextEncoder().encode("lora:\n  r: 8\n  lora_alfa: 4\n");
const files: Record<string, FileReply> = {
  stat: { kind: "file", bytes: base.length, mtime: 1 },
  read: { kind: "content", base64: btoa(String.fromCharCode(...base)) },
};

/** What a web worker has, and nothing of Node: no require, process, Buffer, global. */
function workerScope(inside: MessagePort): Record<string, unknown> {
  const scope: Record<string, unknown> = {
    TextDecoder,
    TextEncoder,
    atob,
    btoa,
    setTimeout,
    clearTimeout,
    console,
    postMessage: (message: unknown) => inside.postMessage(message),
    addEventListener: () => undefined,
  };
  inside.on("message", (data) => {
    const listener = scope["onmessage"];
    if (typeof listener === "function") listener({ data });
  });
  scope["self"] = scope;
  return scope;
}

beforeAll(async () => {
  const bundle = bundles.find(({ outfile }) => outfile === "dist/server.browser.js");
  const built = await build({ ...bundle, write: false });
  const channel = new MessageChannel();
  port = channel.port1;
  port.on("message", (message: Message) => {
    received.push(message);
    if (message.id === undefined || message.method === undefined) return;
    const answer = message.method === FILE_REQUEST ? files[(message.params as FileRequest).kind] : null;
    port.postMessage({ jsonrpc: "2.0", id: message.id, result: answer ?? { kind: "refused" } });
  });
  runInContext(built.outputFiles?.[0]?.text ?? "", createContext(workerScope(channel.port2)));
});
afterAll(() => port.close());

const send = (message: Message): void => port.postMessage({ jsonrpc: "2.0", ...message });
const answerTo = (id: number): Message | undefined =>
  received.find((each) => each.id === id && each.method === undefined);
const answered = (id: number) => expect.poll(() => answerTo(id)).toBeDefined();

it("completes and checks without Node", async () => {
  send({
    id: 1,
    method: "initialize",
    params: {
      processId: null,
      rootUri: null,
      capabilities: {},
      initializationOptions: { folders: ["memfs://x/w"] },
    },
  });
  await answered(1);
  send({ method: "initialized", params: {} });
  const uri = "memfs://x/w/my%20config.finetune.yaml";
  const text = "extends: base.finetune.yaml\nmodel: unsloth/Llama-3.2-1B-Instruct\nlora:\n  lora_a\n";
  send({
    method: "textDocument/didOpen",
    params: { textDocument: { uri, languageId: "finetune", version: 1, text } },
  });
  send({
    id: 2,
    method: "textDocument/completion",
    params: { textDocument: { uri }, position: { line: 3, character: 8 } },
  });
  await answered(2);
  const list = answerTo(2)?.result as CompletionList;
  expect(list.items.map((item) => item.label)).toContain("lora_alpha");

  // The extended file came through the client, by its URI, and its mistake is told.
  await expect
    .poll(() =>
      received
        .filter(({ method }) => method === "textDocument/publishDiagnostics")
        .flatMap(({ params }) => (params as { diagnostics: Diagnostic[] }).diagnostics)
        .some(({ code, message }) => code === "unknown-key" && String(message).includes("lora_alfa")),
    )
    .toBe(true);
  const asked = received
    .filter(({ method }) => method === FILE_REQUEST)
    .map(({ params }) => (params as FileRequest).uri);
  expect(asked).toContain("memfs://x/w/base.finetune.yaml");
});
