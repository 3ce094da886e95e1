/**
 * Hears what passes between the SDK and Modal and what the SDK keeps for itself: the builder's log, the id of a
 * sandbox that still waits for its machine, the server's own status at its end, names and tags of what is found.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { ModalClientParams } from "modal";

/** Modal's GenericResult, as far as we read it. */
export interface HeardResult {
  readonly status: number;
  readonly exitcode: number;
  readonly exception: string;
}

export interface HeardSandbox {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly tags: readonly { readonly tagName: string; readonly tagValue: string }[];
}

export interface Ears {
  /** Pieces of text, not lines. */
  readonly buildText?: (text: string) => void;
  readonly sandbox?: (id: string) => void;
  readonly result?: (result: HeardResult) => void;
  readonly found?: (sandboxes: readonly HeardSandbox[]) => void;
}

const listening = new AsyncLocalStorage<Ears>();

/** Runs `act`; calls made within it, and only those, are heard. */
export const listen = <T>(ears: Ears, act: () => Promise<T>): Promise<T> => listening.run(ears, act);

type Middleware = NonNullable<ModalClientParams["grpcMiddleware"]>[number];

/** For the SDK's `grpcMiddleware`. */
export const tap: Middleware = async function* heard(call, options) {
  const ears = listening.getStore();
  if (ears === undefined) return yield* call.next(call.request, options);
  const rpc = call.method.path.split("/").at(-1) ?? "";
  if (!call.responseStream) {
    const response = yield* call.next(call.request, options);
    hear(ears, rpc, response);
    return response;
  }
  for await (const response of call.next(call.request, options)) {
    hear(ears, rpc, response);
    yield response;
  }
};

/** Every field is looked for before it is believed: the calls are no public interface. */
function hear(ears: Ears, rpc: string, response: unknown): void {
  const heard = response as {
    readonly sandboxId?: string;
    readonly result?: HeardResult;
    readonly sandboxes?: readonly HeardSandbox[];
    readonly taskLogs?: readonly { readonly data?: string }[];
  };
  if (rpc === "ImageJoinStreaming") for (const { data } of heard.taskLogs ?? []) ears.buildText?.(data ?? "");
  if (/^SandboxCreate(?:V2)?$/.test(rpc) && heard.sandboxId) ears.sandbox?.(heard.sandboxId);
  if (/^SandboxWait(?:V2)?$/.test(rpc) && heard.result) ears.result?.(heard.result);
  if (/^SandboxList(?:V2)?$/.test(rpc) && heard.sandboxes) ears.found?.(heard.sandboxes);
}
