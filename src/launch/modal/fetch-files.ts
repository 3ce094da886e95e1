/** From the volume into the run folder: whole files beside their place, then the folder in one move. */
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { telling } from "../launch-failure.ts";
import { LaunchError } from "../launcher.ts";
import { runOnVolume } from "./names.ts";
import type { ModalSession, Progress, VolumeEntry } from "./session.ts";

export interface Fetch {
  readonly session: Pick<ModalSession, "list" | "download">;
  readonly volume: string;
  readonly id: string;
  /** The run folder on this machine. */
  readonly folder: string;
}

const AT_ONCE = 4;

/**
 * `path` relative to the run folder: "adapter", "export/gguf", "checkpoints/checkpoint-30". What is there already
 * is replaced; a download that was cut goes on where it stopped. Bytes of the result.
 */
export async function fetchFiles(
  fetch: Fetch,
  path: string,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const { session, volume, id, folder } = fetch;
  const home = `${runOnVolume(id)}/${path}`;
  const files = (await session.list(volume, home, true)).filter(({ kind }) => kind === "file");
  if (files.length === 0) {
    throw new LaunchError(
      "modal-file-missing",
      `${path} of ${id} is not on the volume ${volume} any more.`,
      "It was deleted there; what was fetched before is still in the run folder.",
      folder,
    );
  }
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const building = join(folder, "work", "fetching", path);
  const done = new Map<string, number>();
  const left = [...files];
  const work = async (): Promise<void> => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      const { path: from } = file;
      const to = join(building, from === home ? "" : from.slice(home.length + 1));
      await mkdir(dirname(to), { recursive: true });
      const told: Progress = (bytes) => {
        done.set(from, bytes);
        onProgress(
          [...done.values()].reduce((sum, each) => sum + each, 0),
          total,
        );
      };
      await session.download(volume, from, to, told, signal);
      await verify(to, file);
    }
  };
  return telling(folder, async () => {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await putInPlace(building, join(folder, path));
    return total;
  });
}

async function verify(path: string, { bytes, path: from }: VolumeEntry): Promise<void> {
  const { size } = await stat(path);
  if (size === bytes) return;
  throw new LaunchError(
    "modal-download-short",
    `${from} arrived with ${size} of ${bytes} bytes.`,
    "Fetch it again with finetune fetch.",
    path,
  );
}

async function putInPlace(building: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const old = `${target}.old`;
  await rm(old, { recursive: true, force: true });
  await rename(target, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rename(building, target);
  await rm(old, { recursive: true, force: true });
}
