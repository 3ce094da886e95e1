/**
 * Who we are for Modal: what a person gave the editor, else the variables, else a profile of `~/.modal.toml`.
 * The secret is where printing, logging and JSON do not find it; `credentialsLine` alone writes it out.
 */
import * as z from "zod";
import { ModalError } from "./errors.ts";
import { chooseProfile, parseProfiles, profilesFile } from "./profiles.ts";
import type { ModalCredentials } from "./session.ts";

type Env = Readonly<Record<string, string | undefined>>;

export interface Token {
  readonly tokenId: string;
  readonly tokenSecret: string;
}

export interface CredentialSources {
  readonly env: Env;
  /** From the editor's secret storage; null: none is kept there. */
  readonly secret: Token | null;
  /** Contents of the profiles' file; null: there is none. */
  readonly tomlText: string | null;
  /** A profile that the person chose; null: MODAL_PROFILE, else the active one. */
  readonly profile: string | null;
}

class Credentials implements ModalCredentials {
  readonly #secret: string;
  constructor(
    readonly tokenId: string,
    secret: string,
    readonly environment: string | null,
    readonly profile: string | null,
    readonly serverUrl: string | null,
  ) {
    this.#secret = secret;
  }

  get tokenSecret(): string {
    return this.#secret;
  }
}

/** null: nobody has signed in. Throws when what is there is half or names a profile that does not exist. */
export function findCredentials({
  env,
  secret,
  tomlText,
  profile,
}: CredentialSources): ModalCredentials | null {
  const of = (name: string): string | null => env[name] || null;
  const server = of("MODAL_SERVER_URL");
  const environment = of("MODAL_ENVIRONMENT");
  if (secret !== null) return new Credentials(secret.tokenId, secret.tokenSecret, environment, null, server);
  const [id, value] = [of("MODAL_TOKEN_ID"), of("MODAL_TOKEN_SECRET")];
  if (id !== null && value !== null) return new Credentials(id, value, environment, null, server);
  if (id !== null || value !== null)
    throw half(
      "the environment",
      id === null ? "MODAL_TOKEN_ID" : "MODAL_TOKEN_SECRET",
      "Set both variables or none.",
    );
  const file = profilesFile(env);
  const profiles = tomlText === null ? [] : parseProfiles(tomlText, file);
  const found = chooseProfile(profiles, profile ?? of("MODAL_PROFILE"));
  if (found === null || (found.tokenId === null && found.tokenSecret === null)) return null;
  if (found.tokenId === null || found.tokenSecret === null)
    throw half(
      `the profile ${found.name} of ${file}`,
      found.tokenId === null ? "token_id" : "token_secret",
      "Make the profile anew with modal token new, or sign in with Fine-tune: Sign In to Modal.",
    );
  return new Credentials(
    found.tokenId,
    found.tokenSecret,
    environment ?? found.environment,
    found.name,
    server ?? found.serverUrl,
  );
}

const lineSchema = z.object({
  tokenId: z.string(),
  tokenSecret: z.string(),
  environment: z.string().nullable(),
  profile: z.string().nullable(),
  serverUrl: z.string().nullable(),
});

/** One line for the input of a process that we start: never for a file, an argument or a log. */
export function credentialsLine({
  tokenId,
  tokenSecret,
  environment,
  profile,
  serverUrl,
}: ModalCredentials): string {
  return JSON.stringify({ tokenId, tokenSecret, environment, profile, serverUrl });
}

/** Throws on anything but such a line. */
export function credentialsOf(line: string): ModalCredentials {
  const { tokenId, tokenSecret, environment, profile, serverUrl } = lineSchema.parse(JSON.parse(line));
  return new Credentials(tokenId, tokenSecret, environment, profile, serverUrl);
}

function half(where: string, what: string, way: string): ModalError {
  return new ModalError({
    code: "modal-token-half",
    message: `A Modal token has two halves, and ${where} lacks ${what}.`,
    hint: way,
  });
}
