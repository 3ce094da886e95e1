/** The profiles of `~/.modal.toml`. Read by us: the SDK reads the file once, when it is loaded, and hides faults. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse, TomlError } from "smol-toml";
import { isMissing } from "../json-file.ts";
import { ModalError } from "./errors.ts";

export interface ModalProfile {
  readonly name: string;
  readonly active: boolean;
  readonly tokenId: string | null;
  readonly tokenSecret: string | null;
  readonly environment: string | null;
  readonly serverUrl: string | null;
}

type Env = Readonly<Record<string, string | undefined>>;

export const profilesFile = (env: Env): string => env["MODAL_CONFIG_PATH"] || join(homedir(), ".modal.toml");

/** null: there is no such file. */
export async function readProfilesText(env: Env): Promise<string | null> {
  const file = profilesFile(env);
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw new ModalError({
      code: "modal-profiles-unreadable",
      message: `${file} cannot be read${error instanceof Error && "code" in error ? ` (${String(error.code)})` : ""}.`,
      hint: "Make it readable for you, or set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET.",
    });
  }
}

/** In the order of the file. `file` is for messages. */
export function parseProfiles(text: string, file = "~/.modal.toml"): ModalProfile[] {
  return Object.entries(parsed(text, file)).flatMap(([name, value]) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
    const of = (key: string): string | null => {
      const found = (value as Record<string, unknown>)[key];
      return typeof found === "string" && found !== "" ? found : null;
    };
    return [
      {
        name,
        active: (value as Record<string, unknown>)["active"] === true,
        tokenId: of("token_id"),
        tokenSecret: of("token_secret"),
        environment: of("environment"),
        serverUrl: of("server_url"),
      },
    ];
  });
}

/**
 * The profile that counts: the one asked for, else the active one.
 * null: none was asked for and none is active. Throws when the one asked for does not exist.
 */
export function chooseProfile(profiles: readonly ModalProfile[], wanted: string | null): ModalProfile | null {
  if (wanted === null) return profiles.find(({ active }) => active) ?? null;
  const found = profiles.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  const there = profiles.map(({ name }) => name).join(", ");
  throw new ModalError({
    code: "modal-profile-unknown",
    message: `There is no Modal profile ${wanted}.`,
    hint:
      there === ""
        ? "The file with Modal profiles is missing or empty. Sign in with Fine-tune: Sign In to Modal, or take the profile out of MODAL_PROFILE and the settings."
        : `Choose one of those that exist: ${there}.`,
  });
}

function parsed(text: string, file: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    // Its own message quotes the lines around the fault, and a token may stand there.
    const place = error instanceof TomlError ? `, line ${error.line}` : "";
    throw new ModalError({
      code: "modal-profiles-broken",
      message: `${file}${place} is not TOML.`,
      hint: "Correct that line, or make the file anew with modal token new.",
    });
  }
}
