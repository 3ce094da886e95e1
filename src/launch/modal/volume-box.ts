/**
 * Files of a volume by way of a small machine without a GPU that mounts it: for a server that does not know the
 * calls for files, which the SDK has but does not promise. It costs cents; it lives as long as it is used.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, stat } from "node:fs/promises";
import { dirname, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Sandbox } from "modal";
import type { Progress, UploadFile, VolumeEntry } from "./session.ts";

const MOUNT = "/volume";
/** After this long without a use it is ended. Milliseconds. */
const IDLE = 60_000;

export class VolumeBox {
  #sandbox: Promise<Sandbox> | null = null;
  #idle: NodeJS.Timeout | undefined;

  /** `start` makes a sandbox that sleeps, with the volume at the given path. */
  constructor(readonly start: (mount: string) => Promise<Sandbox>) {}

  async upload(files: readonly UploadFile[], onProgress: Progress, signal: AbortSignal): Promise<void> {
    const sizes = await Promise.all(files.map(({ from }) => sizeOf(from)));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    let done = 0;
    onProgress(done, total);
    await this.#with(async (sandbox) => {
      for (const [index, file] of files.entries()) {
        signal.throwIfAborted();
        const path = posix.join(MOUNT, file.to);
        if (!(await isSame(sandbox, path, file))) await put(sandbox, path, file);
        done += sizes[index] ?? 0;
        onProgress(done, total);
      }
      await run(sandbox, ["sync", MOUNT]);
    });
  }

  list(path: string, recursive: boolean): Promise<VolumeEntry[]> {
    return this.#with(async (sandbox) => {
      const depth = recursive ? [] : ["-maxdepth", "1"];
      const format = ["-mindepth", "1", "-printf", String.raw`%y\t%s\t%T@\t%P\0`];
      const { code, stdout } = await run(sandbox, ["find", posix.join(MOUNT, path), ...depth, ...format]);
      if (code !== 0) return [];
      return stdout
        .toString()
        .split("\0")
        .filter((entry) => /^[fd]\t/.test(entry))
        .map((entry) => {
          const [kind, size, mtime, ...name] = entry.split("\t");
          const folder = kind === "d";
          return {
            path: posix.join(path, name.join("\t")),
            kind: folder ? "folder" : "file",
            bytes: folder ? 0 : Number(size),
            mtime: Math.floor(Number(mtime)),
          };
        });
    });
  }

  /** null: no such file. */
  read(path: string, offset: number, length: number): Promise<Uint8Array | null> {
    return this.#with(async (sandbox) => {
      const script = 'test -f "$0" || exit 44; tail -c "+$1" -- "$0" | head -c "$2"';
      const place = posix.join(MOUNT, path);
      const command = ["sh", "-c", script, place, String(offset + 1), String(length)];
      const { code, stdout } = await run(sandbox, command);
      return code === 44 ? null : stdout;
    });
  }

  async download(path: string, to: string, onProgress: Progress, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await mkdir(dirname(to), { recursive: true });
    await this.#with((sandbox) => sandbox.filesystem.copyToLocal(posix.join(MOUNT, path), `${to}.part`));
    await rename(`${to}.part`, to);
    const { size } = await stat(to);
    onProgress(size, size);
  }

  async remove(path: string): Promise<void> {
    await this.#with(async (sandbox) => {
      await run(sandbox, ["rm", "-rf", "--", posix.join(MOUNT, path)]);
      await run(sandbox, ["sync", MOUNT]);
    });
  }

  close(): void {
    clearTimeout(this.#idle);
    const open = this.#sandbox;
    this.#sandbox = null;
    // It also ends by its own time limit.
    open?.then((sandbox) => sandbox.terminate()).catch(() => undefined);
  }

  async #with<T>(act: (sandbox: Sandbox) => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    this.#sandbox ??= this.start(MOUNT);
    try {
      return await act(await this.#sandbox);
    } catch (error) {
      this.close();
      throw error;
    } finally {
      this.#idle = setTimeout(() => this.close(), IDLE);
      this.#idle.unref();
    }
  }
}

async function run(sandbox: Sandbox, command: readonly string[]) {
  const process = await sandbox.exec([...command], { mode: "binary" });
  const [stdout, code] = await Promise.all([process.stdout.readBytes(), process.wait()]);
  return { code, stdout: Buffer.from(stdout) };
}

const sizeOf = async (from: UploadFile["from"]): Promise<number> =>
  typeof from === "string" ? (await stat(from)).size : from.length;

async function isSame(sandbox: Sandbox, path: string, { from }: UploadFile): Promise<boolean> {
  const { code, stdout } = await run(sandbox, ["sha256sum", "--", path]);
  if (code !== 0) return false;
  const hash = createHash("sha256");
  if (typeof from === "string") await pipeline(createReadStream(from), hash);
  else hash.update(from);
  return stdout.toString().startsWith(hash.digest("hex"));
}

async function put(sandbox: Sandbox, path: string, { from, mode }: UploadFile): Promise<void> {
  if (typeof from === "string") await sandbox.filesystem.copyFromLocal(from, path);
  else await sandbox.filesystem.writeBytes(from, path);
  if (mode !== undefined) await run(sandbox, ["chmod", mode.toString(8), path]);
}
