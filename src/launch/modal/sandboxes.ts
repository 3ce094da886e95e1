/** Sandboxes by id: made, found, ended, and how they ended. */
import { setTimeout as sleep } from "node:timers/promises";
import type { App, ModalClient, SandboxCreateParams } from "modal";
import { MODAL_STATUSES, type ModalOutcome } from "../../core/run/remote.ts";
import { abortable, cancelled } from "./cancelled.ts";
import type { Connection } from "./connection.ts";
import { explain } from "./errors.ts";
import { CODE, grpcCode } from "./grpc.ts";
import type { FoundSandbox, SandboxWish } from "./session.ts";
import type { HeardResult, HeardSandbox } from "./taps.ts";

type Clients = (client: ModalClient) => Promise<App>;

/**
 * Resolves when it has its machine. The SDK cannot be told to stop waiting: what waits is terminated by its id,
 * which is heard as soon as the server has given it, even when that comes after the abort.
 */
export async function createSandbox(
  connection: Connection,
  appOf: Clients,
  imageOf: (client: ModalClient, id: string) => Promise<Parameters<ModalClient["sandboxes"]["create"]>[1]>,
  wish: SandboxWish,
  onId: (id: string) => void,
  signal: AbortSignal,
): Promise<string> {
  for (const value of Object.values(wish.secretValues)) connection.hide(value);
  if (signal.aborted) throw cancelled();
  let id: string | null = null;
  const heard = (given: string): void => {
    id = given;
    if (signal.aborted) withdraw();
    else onId(given);
  };
  const withdraw = (): void => {
    if (id !== null)
      terminate(connection, id).catch((error: unknown) => connection.log("warn", String(error)));
  };
  signal.addEventListener("abort", withdraw, { once: true });
  try {
    const doing = { what: "create", name: wish.gpu ?? wish.name } as const;
    return await abortable(
      connection.call(
        doing,
        async (client) => {
          // A second time here means that the token died while it waited: it waits still.
          if (id !== null) return await untilScheduled(client, id);
          const [app, image] = [await appOf(client), await imageOf(client, wish.image)];
          const params = await paramsOf(client, wish);
          return (await client.sandboxes.create(app, image, params)).sandboxId;
        },
        { sandbox: heard },
      ),
      signal,
    );
  } finally {
    signal.removeEventListener("abort", withdraw);
  }
}

/** As the SDK waits within `create`, for a sandbox that was made before. */
async function untilScheduled(client: ModalClient, id: string): Promise<string> {
  for (;;) {
    const { taskId, taskResult } = await client.cpClient.sandboxGetTaskId({ sandboxId: id });
    if (taskId) return id;
    if (taskResult !== undefined) throw cancelled();
    await sleep(500);
  }
}

async function paramsOf(client: ModalClient, wish: SandboxWish): Promise<SandboxCreateParams> {
  const secrets = await Promise.all(
    wish.secretNames.map((name) => named("secret", name, client.secrets.fromName(name))),
  );
  if (Object.keys(wish.secretValues).length > 0)
    secrets.push(await client.secrets.fromObject({ ...wish.secretValues }));
  const volumes = await Promise.all(
    Object.entries(wish.volumes).map(async ([path, name]) => {
      const volume = client.volumes.fromName(name, { createIfMissing: true, version: 2 });
      return [path, await named("volume", name, volume)] as const;
    }),
  );
  return {
    command: [...wish.command],
    cpu: wish.cpu,
    memoryMiB: wish.memory,
    timeoutMs: wish.timeoutS * 1000,
    name: wish.name,
    tags: { ...wish.tags },
    env: { ...wish.env },
    secrets,
    volumes: Object.fromEntries(volumes),
    ...(wish.gpu === null ? {} : { gpu: wish.gpu }),
    ...(wish.region === null ? {} : { regions: [wish.region] }),
  };
}

/** A missing secret is told by its name, not as a sandbox that could not be made. */
async function named<T>(what: "secret" | "volume", name: string, found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    if (grpcCode(error) === CODE.unauthenticated) throw error; // A dead token is renewed further out.
    throw explain(error, { what, name });
  }
}

/** That it is gone already is what the caller wants. */
export async function terminate(connection: Connection, id: string): Promise<void> {
  await connection.call({ what: "sandbox", name: id }, async (client) => {
    try {
      await (await client.sandboxes.fromId(id)).terminate();
    } catch (error) {
      if (grpcCode(error) !== CODE.notFound) throw error;
    }
  });
}

export async function outcomeOf(connection: Connection, id: string): Promise<ModalOutcome | null> {
  let result: HeardResult | null = null;
  await connection.call(
    { what: "sandbox", name: id },
    async (client) => await (await client.sandboxes.fromId(id)).poll(),
    {
      result: (heard) => {
        result = heard;
      },
    },
  );
  return result === null ? null : toOutcome(result);
}

/** 0 is "nothing yet"; a number that we do not know yet is an end all the same. */
function toOutcome({ status, exitcode, exception }: HeardResult): ModalOutcome | null {
  if (status === 0) return null;
  const known = status > 0 && status < MODAL_STATUSES.length ? MODAL_STATUSES[status - 1] : undefined;
  const line = exception.split("\n").find((each) => each.trim() !== "") ?? "";
  return { status: known ?? "unknown", exitCode: exitcode, message: line.trim() };
}

export async function findSandboxes(
  connection: Connection,
  app: string,
  tags: Readonly<Record<string, string>>,
): Promise<FoundSandbox[]> {
  const found = new Map<string, HeardSandbox>();
  await connection.call(
    { what: "app", name: app },
    async (client) => {
      const appId = await idOf(client, app);
      if (appId === null) return;
      const all = client.sandboxes.list({ appId, tags: { ...tags } });
      // The list itself gives ids; the rest was heard on the way.
      while (!(await all.next()).done);
    },
    {
      found: (sandboxes) => {
        for (const sandbox of sandboxes) found.set(sandbox.id, sandbox);
      },
    },
  );
  return [...found.values()].map(({ id, name, createdAt, tags: own }) => ({
    id,
    name,
    created: createdAt,
    tags: Object.fromEntries(own.map(({ tagName, tagValue }) => [tagName, tagValue])),
  }));
}

/** null: nobody has run anything yet. */
async function idOf(client: ModalClient, app: string): Promise<string | null> {
  try {
    return (await client.apps.fromName(app)).appId;
  } catch (error) {
    if (error instanceof Error && error.name === "NotFoundError") return null;
    throw error;
  }
}
