/** Tokens and keys, by the name of their key and by their shape. The text found is never repeated. */

const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\bhf_[A-Za-z0-9]{16,}\b/, "a Hugging Face token"],
  [/\bapi_org_[A-Za-z0-9]{16,}\b/, "a Hugging Face token"],
  [/\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{20,}/, "an API key"],
  [/\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/, "a GitHub token"],
  [/\ba[ks]-[A-Za-z0-9]{20,}\b/, "a Modal token"],
  [/\bAKIA[0-9A-Z]{16}\b/, "an AWS key"],
  [/\bwandb_v1_[A-Za-z0-9_]{20,}/, "a Weights & Biases key"],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/, "a Slack token"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*/, "a private key"],
  [/:\/\/[^\s/:@]+:[^\s/@]+@/, "a password in an address"],
];

/** Words of a key that holds a secret. */
const NAME = /(?:^|_)(?:token|api_?key|key_id|secret|password|passwd|access_key|credentials?)$/i;
/** Keys that end like a secret and are none. */
const HARMLESS =
  /^(?:(?:eos|bos|pad|unk|sep|cls|mask|stop|image|special|additional_special)_token|secrets)$/i;

/** What the text looks like, "a Hugging Face token", or undefined. */
export function secretShape(text: string): string | undefined {
  return SHAPES.find(([shape]) => shape.test(text))?.[1];
}

export interface FoundSecret {
  /** "a Hugging Face token". */
  readonly what: string;
  /** The part of the text that is the secret. */
  readonly text: string;
}

/** The first secret in a text, wherever in it. */
export function findSecret(text: string): FoundSecret | undefined {
  for (const [shape, what] of SHAPES) {
    const found = shape.exec(text)?.[0];
    if (found !== undefined) return { what, text: found };
  }
  return undefined;
}

/** True for the name of a key whose value is a secret. */
export const isSecretKey = (name: string): boolean => NAME.test(name) && !HARMLESS.test(name);

/** A value for a message: short, on one line, and never a secret. */
export function shown(value: unknown): string {
  if (typeof value === "string") {
    if (secretShape(value) !== undefined) return "a secret";
    const line = value.replaceAll("\n", "\\n").replaceAll("\t", "\\t");
    return `"${line.length > 40 ? `${line.slice(0, 37)}…` : line}"`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
  }
  if (value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return typeof value === "object" ? "a section" : String(value);
}
