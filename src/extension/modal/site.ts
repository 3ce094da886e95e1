import { Uri } from "vscode";
import type { ModalSite } from "../../launch/modal/site.ts";
import { ensurePump } from "../../launch/modal/start-pump.ts";
import { withTokens } from "../../launch/token-names.ts";
import type { Services } from "../services.ts";
import { requireCredentials } from "./with-session.ts";

/** What a launch, a stop or a look on Modal needs of this installation. */
export async function modalSite({ modal, tokens, extension }: Services): Promise<ModalSite> {
  const credentials = await modal.credentials();
  return {
    credentials,
    env: withTokens(process.env, await tokens.all()),
    program: Uri.joinPath(extension, "dist", "cli.js").fsPath,
  };
}

/** The same, for what cannot be done by somebody who has not signed in. */
export async function signedInSite(services: Services): Promise<ModalSite> {
  await requireCredentials(services);
  return modalSite(services);
}

/** A run whose pump has died gets another one. */
export const startFollowing = async (services: Services, folder: string): Promise<void> =>
  ensurePump(folder, await modalSite(services));
