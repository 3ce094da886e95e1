/** Environment variables that carry tokens into a trainer: which names can. */
import { isForeign } from "./child-environment.ts";

/** Set by us for every trainer, or what a process needs to find itself. */
const TAKEN =
  /^(?:FINETUNE_|UNSLOTH_|LD_|DYLD_|TOKENIZERS_PARALLELISM$|HF_HUB_OFFLINE$|HF_HOME$|GOMP_|CUDA_|PATH$|HOME$|USER$|SHELL$|TMPDIR$|TEMP$|TMP$|XDG_|SYSTEMROOT$|COMSPEC$|APPDATA$|LOCALAPPDATA$)/i;

/** Why a token cannot have this name, in words after "because"; undefined when it can. */
export function tokenNameProblem(name: string): string | undefined {
  if (!/^[A-Z_][A-Z0-9_]*$/.test(name))
    return "a name has capital letters, digits and underscores, and begins with a letter";
  if (isForeign(name)) return "variables of the editor and of Python never reach a run";
  return TAKEN.test(name) ? "it is set by the system or for every run" : undefined;
}

/** Modal's own token opens an account; no program that trains needs it. */
export const isForRuns = (name: string): boolean => !name.startsWith("MODAL_");

/** The environment with tokens in it: what a person has put into the storage counts before what was there. */
export const withTokens = (
  env: Readonly<Record<string, string | undefined>>,
  tokens: Readonly<Record<string, string>>,
): Record<string, string | undefined> => ({
  ...env,
  ...Object.fromEntries(Object.entries(tokens).filter(([name]) => isForRuns(name))),
});
