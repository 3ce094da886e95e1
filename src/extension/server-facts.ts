import { availableParallelism, totalmem } from "node:os";
import { workspace } from "vscode";
import type { Facts } from "../core/facts.ts";
import type { MachineState } from "./machine.ts";

/** Complete state for the language server, from what has been found out so far. */
export function factsForServer({ gpus }: MachineState): Facts {
  const trusted = workspace.isTrusted;
  const onDisk = (workspace.workspaceFolders ?? []).every(({ uri }) => uri.scheme === "file");
  return {
    ...(gpus !== undefined && "gpus" in gpus ? { gpus: gpus.gpus } : {}),
    // Whether this CPU computes in bfloat16 is found out by the trainer; the careful answer costs only a wider figure.
    cpu: { cores: availableParallelism(), memory: totalmem(), bf16: false },
    // Nothing reads the secret storage yet, so nothing is offered to be moved there.
    can: { run: trusted && onDisk, read: trusted, secrets: false },
  };
}
