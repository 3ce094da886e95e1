/** How the control plane hands out what a sandbox printed: live from any entry on, and as one batch. */
import type { CallContext } from "nice-grpc";
import type { FakeSandbox } from "./sandbox.ts";
import type { State } from "./state.ts";

interface GetLogs {
  readonly sandboxId: string;
  readonly fileDescriptor: number;
  /** "0-0": from the first. */
  readonly lastEntryId: string;
  /** Seconds. */
  readonly timeout: number;
}

/** As many entries travel in one message. */
const BATCH = 200;

export const logCalls = (state: State) => ({
  sandboxGetLogs: async function* (request: GetLogs, { signal }: CallContext) {
    const sandbox = state.sandbox(request.sandboxId);
    const end = Date.now() + request.timeout * 1000;
    let next = Number.parseInt(request.lastEntryId || "0", 10);
    while (!signal.aborted) {
      while (next < sandbox.log.length && !signal.aborted) {
        const items = itemsOf(sandbox, request.fileDescriptor, next, state.hooks.losesLines);
        next = Math.min(next + BATCH, sandbox.log.length);
        if (items.length > 0) yield { entryId: `${next}-0`, items };
      }
      if (sandbox.result !== null) {
        yield { entryId: `${next}-0`, items: [], eof: true };
        return;
      }
      if (Date.now() >= end) return;
      await sandbox.changed.wait(end - Date.now(), signal);
    }
  },

  appFetchLogs: async ({ taskId, limit }: { readonly taskId: string; readonly limit: number }) => {
    const sandbox = state.byTask(taskId);
    const entries = sandbox.log.slice(-(limit || sandbox.log.length));
    return {
      batches: [
        {
          taskId,
          items: entries.map(({ fd, text, t }) => ({ data: text, fileDescriptor: fd, timestamp: t })),
        },
      ],
    };
  },
});

const itemsOf = (sandbox: FakeSandbox, fileDescriptor: number, from: number, losing: string | null) =>
  sandbox.log
    .slice(from, from + BATCH)
    .filter(({ fd }) => fileDescriptor === 0 || fd === fileDescriptor)
    .map(({ fd, text }) => ({ data: without(text, losing), fileDescriptor: fd }))
    .filter(({ data }) => data !== "");

const without = (text: string, losing: string | null): string =>
  losing === null ? text : text.replace(new RegExp(`^.*(?:${losing}).*\\n`, "gm"), "");
