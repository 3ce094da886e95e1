import { FILE_REQUEST, type FileReply, type FileRequest } from "../core/file-requests.ts";
import type { Files, FileStat } from "./files.ts";

/** Files through the editor, by URI: what a server without a file system has. */
export function clientFiles(ask: (request: FileRequest) => Promise<FileReply>): Files {
  // A client that went away or does not know the request must not end the server: nothing is readable then.
  const request = (message: FileRequest): Promise<FileReply> =>
    ask(message).catch((): FileReply => ({ kind: "refused" }));

  return {
    async stat(uri): Promise<FileStat> {
      const reply = await request({ kind: "stat", uri });
      switch (reply.kind) {
        case "file":
          return { kind: "file", bytes: reply.bytes, mtime: reply.mtime };
        case "folder":
        case "missing":
          return { kind: reply.kind };
        case "refused":
        case "too-large":
        case "content":
          return { kind: "refused" };
      }
    },

    async list(uri) {
      const reply = await request({ kind: "list", uri });
      return reply.kind === "folder" ? (reply.entries ?? []) : [];
    },

    async read(uri, use) {
      const reply = await request({ kind: "read", uri });
      if (reply.kind !== "content") return null;
      const bytes = Uint8Array.from(atob(reply.base64), (character) => character.charCodeAt(0));
      return use({
        size: bytes.length,
        read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
      });
    },
  };
}

/** The request of `clientFiles` over a connection. */
export function askClient(connection: {
  sendRequest(method: string, parameters: unknown): Promise<unknown>;
}): (request: FileRequest) => Promise<FileReply> {
  // The client is our own extension of the same version: the reply is what file-requests.ts says.
  return async (request) => (await connection.sendRequest(FILE_REQUEST, request)) as FileReply;
}
