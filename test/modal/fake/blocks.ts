/** Where blocks of volume files go up and come down by HTTP, as at the addresses that Modal signs. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createHash } from "node:crypto";
import { existsSync, openSync, readSync, closeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { State } from "./state.ts";

export const BLOCK = 8 * 1024 * 1024;

export class Blocks {
  /** How many came up and how many pieces went down. */
  readonly count = { put: 0, get: 0 };
  readonly #server: Server;
  readonly #pieces = new Map<
    string,
    { readonly file: string; readonly start: number; readonly end: number }
  >();
  #port = 0;

  constructor(readonly state: State) {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      });
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    this.#port = typeof address === "object" && address !== null ? address.port : 0;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  has(sha256: string): boolean {
    return existsSync(this.#file(sha256));
  }

  /** The block with the zeros that its sender cut off. */
  async whole(sha256: string, bytes: number): Promise<Buffer> {
    const block = await readFile(this.#file(sha256));
    return Buffer.concat([block, Buffer.alloc(bytes - block.length)]);
  }

  putUrl(sha256: string): string {
    return `http://127.0.0.1:${this.#port}/put/${sha256}`;
  }

  getUrl(file: string, start: number, end: number): string {
    const key = `${this.#pieces.size}`;
    this.#pieces.set(key, { file, start, end });
    return `http://127.0.0.1:${this.#port}/get/${key}`;
  }

  #file(sha256: string): string {
    return join(this.state.root, "blocks", sha256);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, verb, key = ""] = (request.url ?? "").split("/");
    const { hooks } = this.state;
    if (hooks.blockDelay > 0) await sleep(hooks.blockDelay);
    if (hooks.blockFailures > 0) {
      hooks.blockFailures -= 1;
      response.statusCode = 500;
      response.end("asked to fail");
    } else if (verb === "put" && request.method === "PUT") await this.#put(key, request, response);
    else if (verb === "get") this.#get(key, response);
    else {
      response.statusCode = 404;
      response.end();
    }
  }

  async #put(sha256: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const block = Buffer.concat(chunks);
    if (createHash("sha256").update(block).digest("hex") !== sha256) {
      response.statusCode = 400;
      response.end("the block is not what its hash says");
      return;
    }
    this.count.put += 1;
    await writeFile(`${this.#file(sha256)}.part`, block);
    await rename(`${this.#file(sha256)}.part`, this.#file(sha256));
    response.end(`stored ${sha256}`);
  }

  #get(key: string, response: ServerResponse): void {
    const piece = this.#pieces.get(key);
    if (piece === undefined) {
      response.statusCode = 404;
      response.end();
      return;
    }
    this.count.get += 1;
    const part = Buffer.alloc(piece.end - piece.start);
    const fd = openSync(piece.file, "r");
    readSync(fd, part, 0, part.length, piece.start);
    closeSync(fd);
    response.end(part);
  }
}
