import { omit } from "../../core/config/value.ts";
import { findCredentials } from "../../launch/modal/credentials.ts";
import { readProfilesText } from "../../launch/modal/profiles.ts";
import type { ModalCredentials } from "../../launch/modal/session.ts";

/** What would sign in, in this order: the editor's storage, a profile that was chosen, variables, the active profile. */
export async function lookForModal(
  tokens: Readonly<Record<string, string>>,
  profile: string | null,
): Promise<ModalCredentials | null> {
  const { MODAL_TOKEN_ID: tokenId, MODAL_TOKEN_SECRET: tokenSecret } = tokens;
  const secret = tokenId === undefined || tokenSecret === undefined ? null : { tokenId, tokenSecret };
  const variables: NodeJS.ProcessEnv = process.env;
  const env = profile === null ? variables : omit(variables, "MODAL_TOKEN_ID", "MODAL_TOKEN_SECRET");
  return findCredentials({ env, secret, tomlText: await readProfilesText(process.env), profile });
}
