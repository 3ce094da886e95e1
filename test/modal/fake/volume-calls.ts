/** Calls about volumes and the files in them. */
import { existsSync, lstatSync, readdirSync, rmSync, statSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, normalize, posix } from "node:path";
import { ServerError, Status } from "nice-grpc";
import { BLOCK, type Blocks } from "./blocks.ts";
import { newId } from "./ids.ts";
import type { FakeVolume, State } from "./state.ts";

interface Put {
  readonly volumeId: string;
  readonly files: readonly PutFile[];
}

interface PutFile {
  readonly path: string;
  readonly size: number;
  readonly mode?: number;
  readonly blocks: readonly { readonly contentsSha256: Uint8Array; readonly putResponse?: Uint8Array }[];
}

interface Place {
  readonly volumeId: string;
  readonly path: string;
}

export const volumeCalls = (state: State, blocks: Blocks) => ({
  volumeGetOrCreate: async (request: {
    readonly deploymentName: string;
    readonly objectCreationType: number;
    readonly version: number;
  }) => {
    const name = request.deploymentName || newId("ephemeral");
    const known = [...state.volumes.values()].find((volume) => volume.name === name);
    if (known === undefined && request.objectCreationType === 0)
      throw new ServerError(Status.NOT_FOUND, `Volume ${name} not found`);
    const volume = known ?? state.volume(name, request.version || 1);
    return { volumeId: volume.id, version: volume.version, metadata: { version: volume.version, name } };
  },

  volumeHeartbeat: async () => ({}),

  volumePutFiles2: async ({ volumeId, files }: Put) => {
    checkKnown(state);
    const volume = state.volumeById(volumeId);
    const missingBlocks = files.flatMap((file, fileIndex) =>
      file.blocks.flatMap(({ contentsSha256, putResponse }, blockIndex) => {
        const hash = hex(contentsSha256);
        if (blocks.has(hash)) return [];
        if (putResponse !== undefined)
          throw new ServerError(Status.INVALID_ARGUMENT, "the answer of a PUT that never came");
        return [{ fileIndex, blockIndex, putUrl: blocks.putUrl(hash) }];
      }),
    );
    if (missingBlocks.length === 0) for (const file of files) await store(blocks, volume, file);
    return { missingBlocks };
  },

  volumeListFiles2: async function* (request: Place & { readonly recursive: boolean }) {
    checkKnown(state);
    const top = placeOf(state, request);
    if (!existsSync(top)) throw new ServerError(Status.NOT_FOUND, `No such path ${request.path}`);
    const entries = [...walk(top, inVolume(request.path), request.recursive)];
    for (let from = 0; from < entries.length; from += 100) yield { entries: entries.slice(from, from + 100) };
  },

  volumeGetFile2: async (request: Place & { readonly start: number; readonly len: number }) => {
    checkKnown(state);
    const file = placeOf(state, request);
    if (!existsSync(file) || statSync(file).isDirectory())
      throw new ServerError(Status.NOT_FOUND, `No such file ${request.path}`);
    const { size } = statSync(file);
    const start = Math.min(request.start, size);
    const end = request.len === 0 ? size : Math.min(size, start + request.len);
    const getUrls: string[] = [];
    for (let from = start; from < end;) {
      const to = Math.min(end, (Math.floor(from / BLOCK) + 1) * BLOCK);
      getUrls.push(blocks.getUrl(file, from, to));
      from = to;
    }
    return { getUrls, size, start, len: end - start };
  },

  volumeRemoveFile2: async (request: Place & { readonly recursive: boolean }) => {
    checkKnown(state);
    const place = placeOf(state, request);
    if (!existsSync(place)) throw new ServerError(Status.NOT_FOUND, `No such path ${request.path}`);
    if (statSync(place).isDirectory() && !request.recursive)
      throw new ServerError(Status.INVALID_ARGUMENT, `${request.path} is a folder`);
    rmSync(place, { recursive: true });
    return {};
  },
});

function checkKnown(state: State): void {
  if (!state.hooks.volumeFiles) throw new ServerError(Status.UNIMPLEMENTED, "not here");
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const inVolume = (path: string): string => path.replace(/^\/+|\/+$/g, "");

function placeOf(state: State, { volumeId, path }: Place): string {
  const inside = normalize(`/${path}`);
  return join(state.volumeById(volumeId).folder, inside);
}

async function store(blocks: Blocks, volume: FakeVolume, file: PutFile): Promise<void> {
  const parts = await Promise.all(
    file.blocks.map(({ contentsSha256 }, index) =>
      blocks.whole(hex(contentsSha256), Math.min(BLOCK, file.size - index * BLOCK)),
    ),
  );
  const target = join(volume.folder, normalize(`/${file.path}`));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, Buffer.concat(parts));
  if (file.mode !== undefined) await chmod(target, file.mode);
}

/** FileEntry: type 1 a file, 2 a folder. */
function* walk(place: string, path: string, recursive: boolean): Generator<object> {
  if (!statSync(place).isDirectory()) {
    yield entry(place, path);
    return;
  }
  for (const name of readdirSync(place)) {
    const below = join(place, name);
    if (!existsSync(below)) continue;
    yield entry(below, posix.join(path, name));
    if (recursive && lstatSync(below).isDirectory()) yield* walk(below, posix.join(path, name), true);
  }
}

function entry(place: string, path: string): object {
  const stat = lstatSync(place);
  const folder = stat.isDirectory();
  return { path, type: folder ? 2 : 1, size: folder ? 0 : stat.size, mtime: Math.floor(stat.mtimeMs / 1000) };
}
