/** Starts the pump of a run: a process that outlives its window. Whoever finds none may start one; one stays. */
import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { lastWordsOf } from "../last-words.ts";
import { telling } from "../launch-failure.ts";
import { LaunchError } from "../launcher.ts";
import { readRemote } from "../remote-file.ts";
import { readPlan } from "../resume.ts";
import { pumpInput } from "./pump-input.ts";
import { hasPump } from "./pump-lock.ts";
import { type ModalSite, SECRET_NAMES, secretsFor } from "./site.ts";
import type { ModalCredentials } from "./session.ts";

export const pumpLog = (folder: string): string => join(folder, "pump.log");

const LOOK_EVERY_MS = 50;
/** How long a pump may take until it holds its lock. */
const START_MS = 30_000;

export const signedIn = (
  { credentials }: Pick<ModalSite, "credentials">,
  folder: string,
): ModalCredentials => {
  if (credentials !== null) return credentials;
  throw new LaunchError(
    "modal-signed-out",
    "You are not signed in to Modal.",
    "Run Fine-tune: Sign In to Modal, or modal token new in a terminal, or set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET.",
    folder,
  );
};

/** Does nothing for a run that is over or has a living pump. Rejects with a `LaunchError` when none came to be. */
export async function ensurePump(folder: string, site: ModalSite): Promise<void> {
  const remote = await readRemote(folder);
  if (remote === null || remote.stage === "ended" || (await hasPump(folder))) return;
  const credentials = signedIn(site, folder);
  const { plan } = await readPlan(folder);
  const input = pumpInput({ credentials, secrets: secretsFor(plan, site.env) });
  const pump = await spawnPump(folder, site, input);
  const until = Date.now() + START_MS;
  for (;;) {
    const { code } = pump;
    if ((await hasPump(folder)) || (await isOver(folder))) return;
    // 0: another pump was quicker, and has come to its end already.
    if (code === 0) return;
    if (code !== null || Date.now() > until) throw await died(folder, code);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

const isOver = async (folder: string): Promise<boolean> => (await readRemote(folder))?.stage === "ended";

/** `code`: null while it runs. */
async function spawnPump(folder: string, site: ModalSite, input: string): Promise<{ code: number | null }> {
  const log = await telling(folder, () => open(pumpLog(folder), "a"));
  try {
    const child = spawn(process.execPath, [site.program, "pump", folder], {
      cwd: folder,
      env: environment(site.env),
      stdio: ["pipe", log.fd, log.fd],
      detached: true,
      windowsHide: true,
    });
    const pump: { code: number | null } = { code: null };
    child.once("error", () => (pump.code = 1));
    child.once("exit", (code) => (pump.code = code ?? 1));
    // A pump that is gone before it has read has said why in its log.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
    child.unref();
    return pump;
  } finally {
    await log.close();
  }
}

/** Under the desktop app our own program is Electron: it is told to be Node. */
function environment(env: ModalSite["env"]): Record<string, string> {
  const kept = Object.entries({ ...process.env, ...env }).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !SECRET_NAMES.includes(entry[0]) && entry[0] !== "NODE_OPTIONS",
  );
  return {
    ...Object.fromEntries(kept),
    ...(process.versions["electron"] === undefined ? {} : { ELECTRON_RUN_AS_NODE: "1" }),
  };
}

async function died(folder: string, code: number | null): Promise<LaunchError> {
  const log = pumpLog(folder);
  const reason = (await lastWordsOf(log)) ?? `exit code ${code ?? "unknown"}`;
  return new LaunchError(
    "pump-died",
    `The process that looks after ${basename(folder)} ended before it began: ${reason}`,
    `The whole log is ${log}. What runs on Modal goes on; try again with finetune logs -f.`,
    log,
  );
}
