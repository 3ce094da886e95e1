/** Ways out for a secret in a config. Only what is a secret by itself is moved: text around it stays in the file. */
import type { ConfigPath, Edit, Fix, Span } from "./problem.ts";

/** The command of the extension that keeps a secret where no file of a project is. */
const MOVE = "finetune.moveSecret";

/**
 * Where the command finds the secret: the value at `path`, or those characters of the text. Keys may hold
 * dots, so a path is a list; the secret itself travels nowhere.
 */
export type SecretPlace =
  { readonly path: ConfigPath } | { readonly path: ConfigPath; readonly characters: Span };

const move = (title: string, edits: readonly Edit[], place: SecretPlace): Fix => ({
  title,
  preferred: true,
  edits,
  command: { id: MOVE, args: [place] },
});

/** For a value that is one secret from end to end. */
export const wholeSecretFix = (path: ConfigPath): Fix =>
  move("Move to secret storage and remove the line", [{ kind: "delete", path }], { path });

/** For a secret that stands inside a longer text, a key or a comment. */
export const partialSecretFix = (path: ConfigPath, characters: Span, edits: readonly Edit[]): Fix =>
  move("Move to secret storage and take it out of the text", edits, { path, characters });

/** For what nobody could put to use again from a storage: a part of an address, a reference to a variable. */
export const removalFix = (title: string, ...edits: Edit[]): Fix => ({ title, edits });

/** `$HF_TOKEN`, `${HF_TOKEN}`, `env:HF_TOKEN`: the name of a secret. */
const isReference = (text: string): boolean =>
  /^(?:\$\{?\w+\}?|%\w+%|(?:os\.)?env(?:iron)?[:.[(].*)$/i.test(text);

/** For a key whose name says that its value is a secret. */
export function keyedSecretFix(path: ConfigPath, value: unknown): Fix {
  const text = typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
  return text === "" || isReference(text)
    ? { ...removalFix("Remove it", { kind: "delete", path }), preferred: true }
    : wholeSecretFix(path);
}
