/** What a sandbox prints, from its first line on: both streams, each in its own order. */
import type { ModalClient, Sandbox } from "modal";
import type { Connection } from "./connection.ts";
import { explain } from "./errors.ts";
import type { LogItem } from "./session.ts";

type Reader = ReadableStreamDefaultReader<string>;

/**
 * Ends with the sandbox or with the abort. The SDK bridges cuts of some seconds; a longer one rejects with
 * `modal-unreachable`. A token that expires on the way is renewed here, and what was told already is left out.
 */
export async function* logsOf(
  connection: Connection,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<LogItem> {
  const told: Record<1 | 2, number> = { 1: 0, 2: 0 };
  for (let renewals = 0; ; renewals += 1) {
    const client = await connection.client();
    const before = told[1] + told[2];
    const skip = { ...told };
    try {
      for await (const item of merged(await client.sandboxes.fromId(id), signal)) {
        const text = item.text.slice(Math.min(skip[item.fd], item.text.length));
        skip[item.fd] -= item.text.length - text.length;
        if (text === "") continue;
        told[item.fd] += text.length;
        yield { fd: item.fd, text };
      }
      return;
    } catch (error) {
      const again = connection.isExpired(error) && (renewals === 0 || told[1] + told[2] > before);
      if (!again) throw explain(error, { what: "sandbox", name: id });
      await renew(connection, client, id);
    }
  }
}

async function renew(connection: Connection, client: ModalClient, id: string): Promise<void> {
  try {
    await connection.renewed(client);
  } catch (error) {
    throw explain(error, { what: "sandbox", name: id });
  }
}

async function* merged(sandbox: Sandbox, signal: AbortSignal): AsyncGenerator<LogItem> {
  const readers: Record<1 | 2, Reader> = {
    1: sandbox.stdout.getReader(),
    2: sandbox.stderr.getReader(),
  };
  const next = async (fd: 1 | 2) => ({ fd, read: await readers[fd].read() });
  const pending = new Map<1 | 2, ReturnType<typeof next>>();
  const stop = (): void => {
    for (const reader of Object.values(readers)) reader.cancel().catch(() => undefined);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (const fd of [1, 2] as const) pending.set(fd, next(fd));
    while (pending.size > 0 && !signal.aborted) {
      const { fd, read } = await Promise.race(pending.values());
      if (read.done) pending.delete(fd);
      else {
        pending.set(fd, next(fd));
        yield { fd, text: read.value };
      }
    }
  } finally {
    signal.removeEventListener("abort", stop);
    for (const left of pending.values()) left.catch(() => undefined);
    stop();
  }
}
