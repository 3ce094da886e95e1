import { availableParallelism, totalmem } from "node:os";
import { window, workspace, type Disposable } from "vscode";
import type { Correction, Facts } from "../core/facts.ts";
import { hasEnded } from "../core/run/status.ts";
import { readCorrections } from "../launch/corrections.ts";
import { isGpuAwake } from "../machine/gpu-awake.ts";
import { detail } from "./log.ts";
import type { MachineState } from "./machine.ts";
import type { SignIn } from "./modal/account.ts";
import type { Services } from "./services.ts";

/** GPUs are asked again when the window gets the focus, not more often than this. */
const PAUSE_MS = 60_000;

/**
 * Tells the language server what this machine is: now, when it turns out to be another, on focus, when a
 * run has ended (its measured peak corrects the next figure), and when the workspace is trusted.
 */
export function tellFacts(
  send: (facts: Facts) => Promise<void>,
  { machine, modal, store, log }: Services,
): Disposable[] {
  let asked = 0;
  let corrections: readonly Correction[] = [];
  const quietly = (what: string, work: Promise<void>): void => {
    work.catch((error: unknown) => log.warn(`${what}: ${detail(error)}`));
  };
  const tell = (): void =>
    quietly("Telling the language server", send(factsOf(machine.state, modal.state, corrections)));
  const ask = async (): Promise<void> => {
    if (Date.now() - asked < PAUSE_MS || !(await isGpuAwake())) return;
    asked = Date.now();
    // The answer arrives through onDidChange.
    await machine.gpus();
  };
  const learn = async (): Promise<void> => {
    corrections = await readCorrections(machine.data);
    tell();
  };
  tell();
  quietly("Asking for GPUs", ask());
  // Files and variables only; nothing is asked of Modal.
  if (workspace.isTrusted)
    quietly(
      "Looking for a Modal sign-in",
      modal.credentials().then(() => undefined),
    );
  quietly("Reading what runs have measured", learn());
  return [
    machine.onDidChange(tell),
    modal.onDidChange(tell),
    machine.onDidForget(() => quietly("Reading what runs have measured", learn())),
    workspace.onDidGrantWorkspaceTrust(tell),
    window.onDidChangeWindowState(({ focused }) => focused && quietly("Asking for GPUs", ask())),
    store.onDidChange(({ changed }) => {
      if (changed.some(({ state }) => hasEnded(state))) quietly("Reading what runs have measured", learn());
    }),
  ];
}

/** Complete state, from what has been found out so far. */
function factsOf({ gpus }: MachineState, modal: SignIn, corrections: readonly Correction[]): Facts {
  const trusted = workspace.isTrusted;
  const onDisk = (workspace.workspaceFolders ?? []).every(({ uri }) => uri.scheme === "file");
  return {
    ...(gpus !== undefined && "gpus" in gpus ? { gpus: gpus.gpus } : {}),
    corrections,
    ...(modal.kind === "in" ? { modal: { signedIn: true, profile: modal.profile } } : {}),
    // Whether this CPU computes in bfloat16 is found out by the trainer; the careful answer costs only a wider figure.
    cpu: { cores: availableParallelism(), memory: totalmem(), bf16: false },
    can: { run: trusted && onDisk, read: trusted, secrets: trusted },
  };
}
