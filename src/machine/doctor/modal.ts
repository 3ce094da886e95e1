/** Whether runs on Modal could sign in. Nobody is asked over the network, and no secret is shown. */
import { findCredentials, type Token } from "../../launch/modal/credentials.ts";
import { readProfilesText } from "../../launch/modal/profiles.ts";
import { LaunchError } from "../../launch/launcher.ts";
import { fine, type Finding, warning } from "./finding.ts";

/** `secret`: what the editor keeps; null without one. */
export async function modalFindings(
  env: Readonly<Record<string, string | undefined>>,
  secret: Token | null,
): Promise<Finding[]> {
  try {
    const found = findCredentials({ env, secret, tomlText: await readProfilesText(env), profile: null });
    if (found === null) {
      return [fine("modal", "modal-signed-out", "Not signed in to Modal: only runs on Modal need that.")];
    }
    const where =
      secret !== null
        ? "from the editor's secret storage"
        : found.profile === null
          ? "from the environment"
          : `of the profile ${found.profile}`;
    return [fine("modal", "modal-signed-in", `Modal: a token ${where} is present (${found.tokenId}).`)];
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    return [warning("modal", error.code, error.message, error.hint)];
  }
}
