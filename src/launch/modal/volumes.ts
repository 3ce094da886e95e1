/** Files of volumes: straight from the store, or by a small machine where the server does not know those calls. */
import type { ModalClient, Sandbox } from "modal";
import type { Connection } from "./connection.ts";
import { ModalError } from "./errors.ts";
import { CODE, grpcCode } from "./grpc.ts";
import type { Progress, UploadFile, VolumeEntry } from "./session.ts";
import { VolumeBox } from "./volume-box.ts";
import { downloadParts } from "./volume-download.ts";
import { listEntries, readRange, removeEntry } from "./volume-read.ts";
import { uploadBlocks } from "./volume-upload.ts";

type StartBox = (volume: string, mount: string) => Promise<Sandbox>;

export class Volumes {
  readonly #boxes = new Map<string, VolumeBox>();
  readonly #ids = new Map<string, string>();
  /** False once it was seen that files cannot go the direct way. */
  #direct = true;

  constructor(
    readonly connection: Connection,
    readonly startBox: StartBox,
  ) {}

  async upload(
    volume: string,
    files: readonly UploadFile[],
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#either(
      volume,
      volume,
      async (client) => uploadBlocks(client, await this.#idMade(client, volume), files, onProgress, signal),
      (box) => box.upload(files, onProgress, signal),
    );
  }

  async list(volume: string, path: string, recursive: boolean): Promise<readonly VolumeEntry[]> {
    if ((await this.#idOf(volume)) === null) return [];
    return this.#either(
      volume,
      path,
      async (client) => listEntries(client, (await this.#idOf(volume)) ?? "", path, recursive),
      (box) => box.list(path, recursive),
    );
  }

  async download(
    volume: string,
    path: string,
    to: string,
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#either(
      volume,
      path,
      async (client) =>
        downloadParts(client, await this.#idMade(client, volume), path, to, onProgress, signal),
      (box) => box.download(path, to, onProgress, signal),
    );
  }

  async read(volume: string, path: string, offset: number, length: number): Promise<Uint8Array | null> {
    const id = await this.#idOf(volume);
    if (id === null) return null;
    if (length === 0) return new Uint8Array(); // For the server 0 means "all".
    return this.#either(
      volume,
      path,
      async (client) => {
        try {
          return (await readRange(client, id, path, offset, length, new AbortController().signal)).bytes;
        } catch (error) {
          if (grpcCode(error) === CODE.notFound) return null;
          throw error;
        }
      },
      (box) => box.read(path, offset, length),
    );
  }

  async remove(volume: string, path: string): Promise<void> {
    if ((await this.#idOf(volume)) === null) return;
    await this.#either(
      volume,
      path,
      async (client) => removeEntry(client, (await this.#idOf(volume)) ?? "", path),
      (box) => box.remove(path),
    );
  }

  close(): void {
    for (const box of this.#boxes.values()) box.close();
    this.#boxes.clear();
  }

  async #either<T>(
    volume: string,
    path: string,
    direct: (client: ModalClient) => Promise<T>,
    boxed: (box: VolumeBox) => Promise<T>,
  ): Promise<T> {
    return this.connection.call({ what: "file", name: path }, async (client) => {
      if (this.#direct)
        try {
          return await direct(client);
        } catch (error) {
          const why = reasonForBox(error);
          if (why === null) throw error;
          this.#direct = false;
          this.connection.log("info", `${why}: a small machine is used for files.`);
        }
      return await boxed(this.#boxOf(volume));
    });
  }

  #boxOf(volume: string): VolumeBox {
    const known = this.#boxes.get(volume);
    if (known !== undefined) return known;
    const made = new VolumeBox((mount) => this.startBox(volume, mount));
    this.#boxes.set(volume, made);
    return made;
  }

  async #idMade(client: ModalClient, volume: string): Promise<string> {
    const id =
      this.#ids.get(volume) ??
      (await client.volumes.fromName(volume, { createIfMissing: true, version: 2 })).volumeId;
    this.#ids.set(volume, id);
    return id;
  }

  /** null: there is no such volume. */
  async #idOf(volume: string): Promise<string | null> {
    const known = this.#ids.get(volume);
    if (known !== undefined) return known;
    return this.connection.call({ what: "volume", name: volume }, async (client) => {
      try {
        const { volumeId } = await client.volumes.fromName(volume);
        this.#ids.set(volume, volumeId);
        return volumeId;
      } catch (error) {
        if (error instanceof Error && error.name === "NotFoundError") return null;
        throw error;
      }
    });
  }
}

/** Why files cannot go the direct way; null: they can, and something else is wrong. */
function reasonForBox(error: unknown): string | null {
  if (grpcCode(error) === CODE.unimplemented) return "Modal does not know the calls for files of volumes";
  const { https_proxy: lower, HTTPS_PROXY: upper } = process.env;
  if (!lower && !upper) return null;
  // The protocol of the other calls goes through a proxy, and not every Node sends plain requests through it.
  return error instanceof ModalError && error.code === "modal-store-unreachable"
    ? "Modal's store of files is not reached past the proxy"
    : null;
}
