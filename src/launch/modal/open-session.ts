/** A `ModalSession` over the real SDK, which is loaded by the first call and not before. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { App, Image, ModalClient, Sandbox } from "modal";
import { cancelled } from "./cancelled.ts";
import { Connection, type Log } from "./connection.ts";
import { CODE, grpcCode } from "./grpc.ts";
import { UTILITY_IMAGE } from "./image-wish.ts";
import { buildImage, type Pause } from "./images.ts";
import { logsOf } from "./log-stream.ts";
import { APP, OUR_TAGS } from "./names.ts";
import { pricesOf } from "./rates.ts";
import { createSandbox, findSandboxes, outcomeOf, terminate } from "./sandboxes.ts";
import type { ModalCredentials, ModalSession } from "./session.ts";
import { Volumes } from "./volumes.ts";

export interface SessionOptions {
  /** How long a failed build waits for its next try. */
  readonly pause?: Pause;
}

/** Seconds that the small machine for files lives at most. */
const BOX_LIFE = 1800;

export async function openSession(
  credentials: ModalCredentials,
  log: Log,
  { pause = wait }: SessionOptions = {},
): Promise<ModalSession> {
  const connection = new Connection(credentials, log);
  const images = new Map<string, Image>();
  const volumes = new Volumes(connection, (volume, mount) =>
    connection.try((client) => startBox(client, volume, mount)),
  );
  /** Runs `act` on the handle of a living sandbox, which holds a connection to its machine. */
  const inside = <T>(id: string, what: string, act: (sandbox: Sandbox) => Promise<T>): Promise<T> =>
    connection.call({ what: "inside", name: what }, async (client) => {
      const sandbox = await client.sandboxes.fromId(id);
      try {
        return await act(sandbox);
      } finally {
        sandbox.detach();
      }
    });

  return {
    credentials,

    check: () => connection.call({ what: "sign-in", name: "" }, workspaceOf),

    async buildImage(wish, onLine, signal) {
      const doing =
        wish.secret === null
          ? ({ what: "image", name: wish.tag } as const)
          : ({ what: "secret", name: wish.secret } as const);
      const image = await connection.call(doing, () =>
        buildImage(connection, appOf, wish, onLine, signal, pause),
      );
      images.set(image.imageId, image);
      return image.imageId;
    },

    createSandbox: (wish, onId, signal) =>
      createSandbox(
        connection,
        appOf,
        async (client, id) => images.get(id) ?? (await client.images.fromId(id)),
        wish,
        onId,
        signal,
      ),

    find: (tags) => findSandboxes(connection, APP, tags),
    logs: (id, signal) => logsOf(connection, id, signal),
    outcome: (id) => outcomeOf(connection, id),
    terminate: (id) => terminate(connection, id),

    writeInside: (id, path, text) => inside(id, path, (sandbox) => sandbox.filesystem.writeText(text, path)),

    execInside: (id, command) =>
      inside(id, command[0] ?? "", async (sandbox) => {
        const process = await sandbox.exec([...command]);
        const [stdout, code] = await Promise.all([process.stdout.readText(), process.wait()]);
        return { code, stdout };
      }),

    upload: (volume, files, onProgress, signal) => volumes.upload(volume, files, onProgress, signal),
    list: (volume, path, recursive) => volumes.list(volume, path, recursive),
    download: (volume, path, to, onProgress, signal) =>
      volumes.download(volume, path, to, onProgress, signal),
    read: (volume, path, offset, length) => volumes.read(volume, path, offset, length),
    remove: (volume, path) => volumes.remove(volume, path),

    async rates() {
      try {
        return await connection.try(async (client) => {
          const { rates } = await client.cpClient.workspaceBillingRates({});
          log("debug", `Modal's prices: ${JSON.stringify(rates)}`);
          return pricesOf(rates);
        });
      } catch (error) {
        log("info", `Modal tells no prices: ${error instanceof Error ? error.message : String(error)}`);
        return null;
      }
    },

    close() {
      volumes.close();
      connection.close();
    },
  };
}

const appOf = (client: ModalClient): Promise<App> => client.apps.fromName(APP, { createIfMissing: true });

async function workspaceOf(client: ModalClient): Promise<{ workspace: string | null }> {
  try {
    const { workspaceName } = await client.cpClient.tokenInfoGet({});
    return { workspace: workspaceName || null };
  } catch (error) {
    // A bad token fails before any question is asked. This one may be unknown, or not for every token.
    const code = grpcCode(error);
    if (code === CODE.unimplemented || code === CODE.denied) return { workspace: null };
    throw error;
  }
}

async function startBox(client: ModalClient, volume: string, mount: string): Promise<Sandbox> {
  const mounted = await client.volumes.fromName(volume, { createIfMissing: true, version: 2 });
  return client.sandboxes.create(await appOf(client), client.images.fromRegistry(UTILITY_IMAGE.tag), {
    command: ["sleep", String(BOX_LIFE)],
    cpu: 1,
    memoryMiB: 1024,
    timeoutMs: BOX_LIFE * 1000,
    name: `finetune-files-${randomBytes(4).toString("hex")}`,
    tags: { ...OUR_TAGS, "finetune-kind": "files" },
    volumes: { [mount]: mounted },
  });
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw cancelled();
  }
}
