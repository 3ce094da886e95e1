/** Calls that go to the worker of a sandbox: commands beside its own, their streams, and a CPU sandbox's output. */
import { type CallContext, ServerError, Status } from "nice-grpc";
import { Exec } from "./exec.ts";
import { FS_TOOL, runFsTool } from "./fs-tool.ts";
import type { State } from "./state.ts";

interface Start {
  readonly taskId: string;
  readonly execId: string;
  readonly commandArgs: readonly string[];
  readonly secretSources?: readonly {
    readonly env?: { readonly contents: Readonly<Record<string, string>> };
  }[];
}

interface OfExec {
  readonly execId: string;
}

interface Read {
  readonly fileDescriptor: number;
  readonly offset: number;
}

interface Streamed {
  readonly start?: OfExec;
  readonly data?: Uint8Array;
  readonly end?: object;
}

const CHUNK = 65_536;
const TICK_MS = 2000;

export function routerCalls(state: State) {
  const execs = new Map<string, Exec>();
  const of = ({ execId }: OfExec): Exec => {
    const exec = execs.get(execId);
    if (exec === undefined) throw new ServerError(Status.NOT_FOUND, "No such command");
    return exec;
  };

  return {
    taskExecStart: async (request: Start) => {
      const sandbox = state.byTask(request.taskId);
      if (sandbox.result !== null) throw new ServerError(Status.NOT_FOUND, "The task has finished");
      if (execs.has(request.execId)) return {};
      const exec = new Exec();
      execs.set(request.execId, exec);
      const env = (request.secretSources ?? []).map(({ env: own }) => own?.contents ?? {});
      const [command, argument = "{}"] = request.commandArgs;
      if (command === FS_TOOL) runFsTool(sandbox, argument, exec);
      else exec.run(sandbox, request.commandArgs, Object.assign({}, ...env));
      return {};
    },

    taskExecStdioRead: async function* (request: OfExec & Read, { signal }: CallContext) {
      const exec = of(request);
      let offset = request.offset;
      while (!signal.aborted) {
        const all = Buffer.concat(exec.out[request.fileDescriptor] ?? []);
        while (offset < all.length) {
          const data = all.subarray(offset, offset + CHUNK);
          offset += data.length;
          yield { data };
        }
        if (exec.code !== null) return;
        await exec.changed.wait(TICK_MS, signal);
      }
    },

    taskExecWait: async (request: OfExec, { signal }: CallContext) => {
      const exec = of(request);
      while (exec.code === null && !signal.aborted) await exec.changed.wait(TICK_MS, signal);
      return { code: exec.code ?? undefined };
    },

    taskExecPoll: async (request: OfExec) => ({ code: of(request).code ?? undefined }),

    taskExecStdinStatus: async (request: OfExec) => {
      const exec = of(request);
      return { numBytesWritten: exec.written, closed: exec.inputClosed };
    },

    taskExecStdinWrite: async (request: OfExec & { readonly data: Uint8Array; readonly eof: boolean }) => {
      const exec = of(request);
      exec.write(request.data);
      if (request.eof) exec.closeInput();
      return {};
    },

    taskExecStdinWriteStream: async (requests: AsyncIterable<Streamed>) => {
      let exec: Exec | null = null;
      for await (const { start, data, end } of requests) {
        if (start !== undefined) exec = of(start);
        if (data !== undefined) exec?.write(data);
        if (end !== undefined) exec?.closeInput();
      }
      return {};
    },

    sandboxStdioReadV2: async function* (
      request: { readonly taskId: string } & Read,
      { signal }: CallContext,
    ) {
      const sandbox = state.byTask(request.taskId);
      let offset = request.offset;
      while (!signal.aborted) {
        const all = Buffer.concat(sandbox.bytes[request.fileDescriptor + 1] ?? []);
        if (offset < all.length) {
          yield { data: all.subarray(offset), startingOffset: offset };
          offset = all.length;
        } else if (sandbox.result !== null) return;
        else await sandbox.changed.wait(TICK_MS, signal);
      }
    },

    taskReloadVolumes: async () => ({}),
  };
}
