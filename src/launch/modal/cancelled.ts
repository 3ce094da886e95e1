/** What the SDK cannot stop: we stop waiting for it, and Modal goes on. */
import { ModalError } from "./errors.ts";

export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(cancelled());
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

export const cancelled = (): ModalError =>
  new ModalError({
    code: "modal-cancelled",
    message: "It was cancelled before Modal gave a machine; it cost nothing.",
    hint: "Start the run again when you want it.",
  });
