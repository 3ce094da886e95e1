/** What leaves this machine for a run somewhere else: a person agrees to it once, and again when it changes. */
import { canonicalJson } from "../config/canonical-json.ts";
import type { ResolvedConfig } from "./plan.ts";

interface SentFile {
  /** As the config names it. */
  readonly source: string;
  readonly path: string;
  readonly kind: "file" | "folder";
  /** Outside of the project's folder. */
  readonly outside: boolean;
  /** It is run there, not only read. */
  readonly python: boolean;
}

export interface Departure {
  readonly files: readonly SentFile[];
  /** Names of secrets that Modal keeps. */
  readonly secrets: readonly string[];
  /** Names of tokens of this machine that the run gets. */
  readonly tokens: readonly string[];
  /** Somebody else's image; null: ours. */
  readonly image: string | null;
  /** The repository whose own code runs there; null: none does. */
  readonly remoteCode: string | null;
}

/** `root`: folder of the project; `tokens`: names of those that the run gets. */
export function departureOf(config: ResolvedConfig, root: string, tokens: readonly string[]): Departure {
  const { image, secrets } = config.compute.modal ?? {};
  return {
    files: Object.values(config.locals).map(({ source, path, kind }) => ({
      source,
      path,
      kind,
      outside: !isInside(path, root),
      python: /\.py$/i.test(path),
    })),
    secrets: Array.isArray(secrets) ? secrets.filter((name) => typeof name === "string") : [],
    tokens: tokens.toSorted(),
    image: typeof image === "string" ? image : null,
    remoteCode: config.model.trust_remote_code ? config.model.name : null,
  };
}

const slashed = (path: string): string => path.replaceAll("\\", "/").replace(/\/+$/, "");

function isInside(path: string, root: string): boolean {
  const [file, folder] = [slashed(path), slashed(root)];
  return file === folder || file.startsWith(`${folder}/`);
}

/** The same text for the same departure: what was agreed to is remembered by its hash. */
export const departureText = (departure: Departure): string => canonicalJson(departure);
