import { env, l10n, ProgressLocation, QuickPickItemKind, Uri, window, type QuickPickItem } from "vscode";
import { findCredentials } from "../../launch/modal/credentials.ts";
import { parseProfiles, readProfilesText, type ModalProfile } from "../../launch/modal/profiles.ts";
import type { ModalCredentials } from "../../launch/modal/session.ts";
import { openModal, requireCredentials } from "../modal/with-session.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";

const TOKENS_PAGE = "https://modal.com/settings/tokens";

/** By a token, pasted into the editor's secret storage, or by a profile that Modal's own tools have written. */
export async function modalSignIn(services: Services): Promise<void> {
  requireTrust();
  const text = await readProfilesText(process.env);
  const profiles = text === null ? [] : parseProfiles(text);
  const paste = l10n.t("Paste a token");
  const page = l10n.t("Make a token on modal.com");
  const items: (QuickPickItem & { readonly profile?: ModalProfile })[] = [
    { label: `$(key) ${paste}`, detail: l10n.t("It is kept by the editor, in no file of the project.") },
    { label: `$(link-external) ${page}` },
    ...(profiles.length === 0 ? [] : [{ label: "~/.modal.toml", kind: QuickPickItemKind.Separator }]),
    ...profiles.map((profile) => ({
      label: profile.name,
      description: [profile.environment, profile.active ? l10n.t("active") : null]
        .filter((part) => part !== null)
        .join(" · "),
      profile,
    })),
  ];
  const chosen = await window.showQuickPick(items, { title: l10n.t("Sign in to Modal") });
  if (chosen === undefined) return;
  if (chosen.profile !== undefined) return useProfile(services, chosen.profile.name);
  if (chosen.label.includes(page)) await env.openExternal(Uri.parse(TOKENS_PAGE));
  await usePastedToken(services);
}

async function useProfile(services: Services, name: string): Promise<void> {
  // A token that was pasted before would go first.
  await services.modal.signOut();
  await services.modal.choose(name);
  await verify(services, await requireCredentials(services));
}

/** Tried before it is kept: a token that Modal refuses is kept nowhere. */
async function usePastedToken(services: Services): Promise<void> {
  const pasted = await askForToken();
  if (pasted === null) return;
  const credentials = findCredentials({ env: process.env, secret: pasted, tomlText: null, profile: null });
  if (credentials === null) return;
  const workspace = await check(services, credentials);
  await services.tokens.keep("MODAL_TOKEN_ID", pasted.tokenId);
  await services.tokens.keep("MODAL_TOKEN_SECRET", pasted.tokenSecret);
  await services.modal.choose(null);
  await services.modal.credentials();
  tell(services, workspace);
}

/** Both halves, one after the other, or the whole line that Modal's page offers to copy. */
async function askForToken(): Promise<{ tokenId: string; tokenSecret: string } | null> {
  const first = await window.showInputBox({
    title: l10n.t("Modal token (1 of 2)"),
    prompt: l10n.t("The token id (ak-…), or the whole line: modal token set --token-id … --token-secret …"),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (ID.test(text) ? undefined : l10n.t("A token id begins with ak-.")),
  });
  const tokenId = first === undefined ? undefined : ID.exec(first)?.[0];
  if (first === undefined || tokenId === undefined) return null;
  const whole = SECRET.exec(first)?.[0];
  if (whole !== undefined) return { tokenId, tokenSecret: whole };
  const second = await window.showInputBox({
    title: l10n.t("Modal token (2 of 2)"),
    prompt: l10n.t("The token secret (as-…)"),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (SECRET.test(text) ? undefined : l10n.t("A token secret begins with as-.")),
  });
  const tokenSecret = second === undefined ? undefined : SECRET.exec(second)?.[0];
  return tokenSecret === undefined ? null : { tokenId, tokenSecret };
}

const ID = /\bak-[A-Za-z0-9_-]+/;
const SECRET = /\bas-[A-Za-z0-9_-]+/;

export async function modalSignOut({ modal }: Services): Promise<void> {
  requireTrust();
  await modal.signOut();
  const left = await modal.credentials();
  void window.showInformationMessage(
    left === null
      ? l10n.t("Signed out of Modal. What runs there goes on.")
      : left.profile === null
        ? l10n.t(
            "The editor keeps no Modal token any more. MODAL_TOKEN_ID of the environment still signs in.",
          )
        : l10n.t(
            "The editor keeps no Modal token any more. Profile {0} of ~/.modal.toml still signs in.",
            left.profile,
          ),
  );
}

/** Whether Modal takes the token, and for which workspace. */
export async function modalVerify(services: Services): Promise<void> {
  requireTrust();
  await verify(services, await requireCredentials(services));
}

async function verify(services: Services, credentials: ModalCredentials): Promise<void> {
  tell(services, await check(services, credentials));
}

const check = (services: Services, credentials: ModalCredentials): Thenable<string | null> =>
  window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t("Asking Modal who we are") },
    async () => {
      const session = await openModal(services, credentials);
      try {
        return (await session.check()).workspace;
      } finally {
        session.close();
      }
    },
  );

function tell({ modal }: Services, workspace: string | null): void {
  modal.confirmed(workspace);
  void window.showInformationMessage(
    workspace === null
      ? l10n.t("Signed in to Modal.")
      : l10n.t("Signed in to Modal, workspace {0}.", workspace),
  );
}
