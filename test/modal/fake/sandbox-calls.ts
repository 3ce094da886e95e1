/** Calls of the control plane about sandboxes: of both kinds, since only create and logs differ. */
import { type CallContext, ServerError, Status } from "nice-grpc";
import { newJwt } from "./ids.ts";
import { STATUS, wholeResult } from "./result.ts";
import type { Definition, FakeSandbox, Tag } from "./sandbox.ts";
import type { State } from "./state.ts";

interface Create {
  readonly appId: string;
  readonly tags: readonly Tag[];
  readonly definition: Definition;
  readonly secretSources?: readonly {
    readonly secretId?: string;
    readonly env?: { readonly contents: Readonly<Record<string, string>> };
  }[];
}

interface OfSandbox {
  readonly sandboxId: string;
  /** Seconds. */
  readonly timeout?: number;
}

interface List {
  readonly appId: string;
  readonly beforeTimestamp: number;
  readonly includeFinished: boolean;
  readonly tags: readonly Tag[];
}

export function sandboxCalls(state: State, port: () => number) {
  // T2: the SDK wants https here and, on localhost, dials it in plain text.
  const access = () => ({
    url: `https://127.0.0.1:${port()}`,
    jwt: newJwt(state.hooks.jwtSeconds, state.generation),
  });

  const wait = async ({ sandboxId, timeout = 0 }: OfSandbox, { signal }: CallContext) => {
    const sandbox = state.sandbox(sandboxId);
    await until(sandbox, () => sandbox.result !== null, timeout, signal);
    return {
      result: sandbox.result === null ? undefined : wholeResult(sandbox.result),
      metadata: { appId: sandbox.facts.appId },
    };
  };

  const taskId = async ({ sandboxId, timeout = 5 }: OfSandbox, { signal }: CallContext) => {
    const sandbox = state.sandbox(sandboxId);
    await until(sandbox, () => sandbox.scheduled || sandbox.result !== null, timeout, signal);
    if (sandbox.scheduled) return { taskId: sandbox.facts.taskId };
    return sandbox.result === null ? {} : { taskResult: wholeResult(sandbox.result) };
  };

  const terminate = async ({ sandboxId }: OfSandbox) => {
    const sandbox = state.sandbox(sandboxId);
    if (!state.hooks.deafTerminate) sandbox.end({ status: STATUS.terminated, exitcode: 137, exception: "" });
    return {};
  };

  const list = async ({ appId, beforeTimestamp, includeFinished, tags }: List) => ({
    sandboxes: beforeTimestamp
      ? []
      : [...state.sandboxes.values()]
          .filter(({ facts, result }) => (!appId || facts.appId === appId) && (includeFinished || !result))
          .filter(({ facts }) => tags.every((tag) => facts.tags.some((own) => same(own, tag))))
          .map(({ facts: { id, appId: app, tags: own }, created, name }) => ({
            id,
            createdAt: created,
            appId: app,
            tags: own,
            name,
          })),
  });

  const byName =
    (worker: boolean) =>
    async ({ sandboxName }: { readonly sandboxName: string }) => {
      for (const { facts, name, result } of state.sandboxes.values())
        if (name === sandboxName && facts.worker === worker && result === null)
          return { sandboxId: facts.id };
      throw new ServerError(Status.NOT_FOUND, `No sandbox ${sandboxName}`);
    };

  const tagsOf = async ({ sandboxId }: OfSandbox) => ({ tags: state.sandbox(sandboxId).facts.tags });

  return {
    sandboxCreate: async ({ appId, tags, definition }: Create) => {
      checkGpu(state.hooks.gpus, definition);
      return { sandboxId: state.addSandbox(appId, tags, definition, false, {}).facts.id };
    },
    sandboxCreateV2: async ({ appId, tags, definition, secretSources = [] }: Create) => {
      const env = secretSources.map(
        ({ secretId, env: own }) => own?.contents ?? state.secrets.get(secretId ?? "")?.env,
      );
      const made = state.addSandbox(appId, tags, definition, true, Object.assign({}, ...env));
      return {
        sandboxId: made.facts.id,
        taskId: made.facts.taskId,
        tunnels: [],
        commandRouterAccess: access(),
      };
    },
    sandboxWait: wait,
    sandboxWaitV2: wait,
    sandboxGetTaskId: taskId,
    sandboxGetTaskIdV2: taskId,
    sandboxTerminate: terminate,
    sandboxTerminateV2: terminate,
    sandboxList: list,
    sandboxListV2: list,
    sandboxGetFromName: byName(false),
    sandboxGetFromNameV2: byName(true),
    sandboxTagsGet: tagsOf,
    sandboxTagsGetV2: tagsOf,
    taskGetCommandRouterAccess: async ({ taskId: id }: { readonly taskId: string }) => {
      state.byTask(id);
      return access();
    },
    sandboxGetCommandRouterAccess: async ({ sandboxId }: OfSandbox) => {
      state.sandbox(sandboxId);
      return access();
    },
  };
}

async function until(sandbox: FakeSandbox, is: () => boolean, seconds: number, signal: AbortSignal) {
  const end = Date.now() + seconds * 1000;
  while (!is() && Date.now() < end && !signal.aborted) await sandbox.changed.wait(end - Date.now(), signal);
}

const same = (one: Tag, other: Tag): boolean =>
  one.tagName === other.tagName && one.tagValue === other.tagValue;

function checkGpu(known: readonly string[] | null, definition: Definition): void {
  const type = definition.resources?.gpuConfig?.gpuType ?? "";
  if (known !== null && !known.includes(type))
    throw new ServerError(Status.INVALID_ARGUMENT, `Unknown GPU type ${type}`);
}
