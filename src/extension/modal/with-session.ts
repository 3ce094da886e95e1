import { l10n } from "vscode";
import type { ModalCredentials, ModalSession } from "../../launch/modal/session.ts";
import { COMMANDS } from "../contributions.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";

/** Rejects with a way to sign in where nobody has. */
export async function requireCredentials({ modal }: Services): Promise<ModalCredentials> {
  const credentials = await modal.credentials();
  if (credentials !== null) return credentials;
  throw new Refusal(l10n.t("Nobody is signed in to Modal."), [
    { title: l10n.t("Sign In"), command: COMMANDS.modalSignIn },
  ]);
}

/** Modal's SDK is loaded here and nowhere else, with the first thing that needs it. */
export async function openModal(services: Services, credentials: ModalCredentials): Promise<ModalSession> {
  const { openSession } = await import("../../launch/modal/open-session.ts");
  return openSession(credentials, (level, text) => services.log[level](`Modal: ${text}`));
}

/** One connection for one piece of work. */
export async function withModal<T>(
  services: Services,
  work: (session: ModalSession) => Promise<T>,
): Promise<T> {
  const session = await openModal(services, await requireCredentials(services));
  try {
    return await work(session);
  } finally {
    session.close();
  }
}
