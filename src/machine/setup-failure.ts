/** Why a step of the set-up failed, from what it printed. */
import { LaunchError } from "../launch/launcher.ts";
import { PYTORCH_CPU_INDEX } from "./torch-build.ts";

interface Cause {
  readonly code: string;
  readonly pattern: RegExp;
  readonly message: string;
  readonly hint: string;
}

const CAUSES: readonly Cause[] = [
  {
    code: "disk-full",
    pattern: /No space left on device|ENOSPC|os error 28/i,
    message: "No space is left on the disk for the environment.",
    hint: "Free some, or set FINETUNE_CACHE_DIR to a folder on another disk, and run setup again.",
  },
  {
    code: "no-torch-cpu",
    pattern: /(no matching distribution found for|no version of|requirement)\s+torch\b/i,
    message: "No CPU build of PyTorch was found, neither in your package index nor in PyTorch's own.",
    hint: `Allow access to ${PYTORCH_CPU_INDEX}, or name a folder that holds the wheel: pip config set global.find-links FOLDER.`,
  },
  {
    code: "no-network",
    pattern:
      /name resolution|getaddrinfo|dns error|Connection (refused|reset|timed out)|NewConnectionError|Network is unreachable|timed out|ProxyError/i,
    message: "The package index cannot be reached.",
    hint: "Check the network and the proxy (HTTPS_PROXY, pip config), then run setup again: what was downloaded is kept.",
  },
  {
    code: "certificate",
    pattern: /CERTIFICATE_VERIFY_FAILED|invalid peer certificate|SSLError/i,
    message: "The package index has a certificate that this machine does not trust.",
    hint: "Name your company's certificate: pip config set global.cert FILE, then run setup again.",
  },
  {
    code: "package-missing",
    pattern: /No matching distribution found for|no version of|not found in the package registry/i,
    message: "The package index lacks a pinned package.",
    hint: "If your company's index is behind, allow the public one for this set-up.",
  },
];

const STAGE = {
  create: "The environment could not be created",
  install: "The packages could not be installed",
  verify: "The environment was made, but does not work",
} as const;

export function installFailure(stage: keyof typeof STAGE, output: string): LaunchError {
  const cause = CAUSES.find(({ pattern }) => pattern.test(output));
  const said =
    output
      .trim()
      .split("\n")
      .findLast((line) => line.trim() !== "") ?? "no output";
  if (cause !== undefined)
    return new LaunchError(cause.code, `${cause.message} (${said.trim()})`, cause.hint);
  const hint =
    stage === "verify"
      ? "Run finetune doctor; to use an environment of your own, set finetune.pythonPath or FINETUNE_PYTHON."
      : "Run setup again; nothing half-made is used.";
  return new LaunchError(`setup-${stage}`, `${STAGE[stage]}: ${said.trim()}`, hint);
}
