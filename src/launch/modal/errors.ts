/**
 * What Modal and its SDK throw → one sentence that a person can act on. The SDK's own words are for its users:
 * a call's path, a status in capitals, a stack. None of that gets out of here.
 */
import { LaunchError } from "../launcher.ts";
import { type Doing, ERROR_WORDS, UNEXPECTED, type Words } from "./error-words.ts";
import { grpcCode, serverWords } from "./grpc.ts";

export class ModalError extends LaunchError {
  /** Nothing was decided: the same may work later. */
  readonly passing: boolean;

  constructor({ code, message, hint, passing = false }: Words) {
    super(code, message, hint);
    this.passing = passing;
  }
}

export function explain(error: unknown, doing: Doing): LaunchError {
  if (error instanceof LaunchError) return error;
  const here = systemFault(error);
  if (here !== null) return new ModalError(here);
  const name = error instanceof Error ? error.name : "";
  const thrown = { name, code: grpcCode(error), said: serverWords(error) };
  const row = ERROR_WORDS.find(({ is }) => is(thrown, doing));
  return new ModalError((row?.words ?? UNEXPECTED)(thrown.said, doing));
}

/** A file of this machine that cannot be read or written: nothing of Modal's. */
function systemFault(error: unknown): Words | null {
  if (!(error instanceof Error) || !("syscall" in error) || !("path" in error || "dest" in error))
    return null;
  const { code, path } = error as NodeJS.ErrnoException;
  return {
    code: "modal-local-file",
    message: `${path ?? "A file"} cannot be read or written on this machine (${code ?? "unknown fault"}).`,
    hint:
      code === "ENOSPC"
        ? "Free space on the disk; what has been transferred already is kept."
        : "Check that it exists and that you may use it.",
  };
}
