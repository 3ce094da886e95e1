/** Blocks over HTTP: several at once, each tried again when the network or the store fails. */
import { setTimeout as sleep } from "node:timers/promises";
import { ModalError } from "./errors.ts";

const TRIES = 4;
const AT_ONCE = 6;
/** Milliseconds before the second try; it doubles. */
const FIRST_PAUSE = 250;
/** A block that has not moved for so long is asked for again. Milliseconds. */
const LONGEST = 300_000;

/** The body of the answer. Rejects with `modal-store…` after four tries. */
export async function transfer(
  url: string,
  body: Uint8Array | null,
  signal: AbortSignal,
): Promise<Uint8Array> {
  for (let tries = 1, pause = FIRST_PAUSE; ; tries += 1, pause *= 2) {
    signal.throwIfAborted();
    const outcome = await once(url, body, signal);
    if (outcome instanceof Uint8Array) return outcome;
    signal.throwIfAborted();
    if (tries === TRIES) throw outcome;
    await sleep(pause, undefined, { signal });
  }
}

async function once(url: string, body: Uint8Array | null, signal: AbortSignal) {
  try {
    const response = await fetch(url, {
      ...(body === null ? {} : { method: "PUT", body: body as Uint8Array<ArrayBuffer> }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST)]),
    });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    return broken(new URL(url).host, `it answered with ${response.status}`);
  } catch (error) {
    // fetch hides the reason in `cause`. The address carries a signature: only its host is told.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "no connection";
    return broken(new URL(url).host, code, "modal-store-unreachable");
  }
}

const broken = (host: string, why: string, code = "modal-store"): ModalError =>
  new ModalError({
    code,
    message: `Modal's store of files (${host}) cannot be reached: ${why}.`,
    hint: "Check the connection; what has been transferred already is kept, so start again and it goes on from there.",
    passing: true,
  });

/** Runs `act` over all items, a few at once; the first failure ends it when those that run have ended. */
export async function inParallel<T>(
  items: readonly T[],
  act: (item: T) => Promise<void>,
  atOnce = AT_ONCE,
): Promise<void> {
  const rest = items.values();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const item of rest) {
      if (failed) return;
      try {
        await act(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  for (const end of ended) if (end.status === "rejected") throw end.reason;
}
