/** Modal from a terminal: whose token it is, and this program as the pump. */
import { realpathSync } from "node:fs";
import { LaunchError } from "../launch/launcher.ts";
import { findCredentials } from "../launch/modal/credentials.ts";
import { readProfilesText } from "../launch/modal/profiles.ts";
import type { ModalSession } from "../launch/modal/session.ts";
import type { ModalSite } from "../launch/modal/site.ts";
import { ensurePump, signedIn } from "../launch/modal/start-pump.ts";
import { readRemote } from "../launch/remote-file.ts";
import type { Io } from "./verb.ts";

export async function modalSite(io: Io, program: string | undefined = process.argv[1]): Promise<ModalSite> {
  const { env } = io;
  return {
    credentials: findCredentials({ env, secret: null, tomlText: await readProfilesText(env), profile: null }),
    env,
    // FINETUNE_PROGRAM: the tests' own build of this program.
    program: env["FINETUNE_PROGRAM"] ?? realpathSync(program ?? "."),
  };
}

/** Signed in, for verbs that ask Modal themselves. The caller closes it. */
export async function modalSession(io: Io, site: ModalSite): Promise<ModalSession> {
  const { openSession } = await import("../launch/modal/open-session.ts");
  return openSession(signedIn(site, io.cwd), (level, text) => {
    if (level === "error") io.err(`${text}\n`);
  });
}

/** Somebody looks at a run on Modal that nothing is in contact with: its pump is started again. */
export async function reattach(io: Io, folder: string): Promise<void> {
  const remote = await readRemote(folder);
  if (remote === null || remote.stage === "ended") return;
  try {
    await ensurePump(folder, await modalSite(io));
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    io.err(`not connected to Modal, the run continues: ${error.message} ${error.hint}\n`);
  }
}
