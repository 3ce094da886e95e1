/**
 * What a check has to say: a stable code, a place, one sentence, and ways out. `parse`, `resolve` and
 * `check` all speak in these, and the editor, the CLI and Run show and refuse the same ones.
 */

export type Severity = "error" | "warning" | "information" | "hint";

/** Keys and list indices from the top of the file: ["training", "learning_rate"], ["dataset", 1, "path"]. */
export type ConfigPath = readonly (string | number)[];

/** Half-open interval of UTF-16 offsets into the text of the file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One change to the file, in terms of the tree or, where the tree cannot say it, of the text. */
export type Edit =
  /** Sets a value, adding the key (and its section) where it is missing. */
  | { readonly kind: "set"; readonly path: ConfigPath; readonly value: unknown }
  /** Removes a key with its value, its own comment and its line. */
  | { readonly kind: "delete"; readonly path: ConfigPath }
  | { readonly kind: "rename"; readonly path: ConfigPath; readonly to: string }
  | { readonly kind: "text"; readonly span: Span; readonly text: string };

export interface Fix {
  readonly title: string;
  readonly edits: readonly Edit[];
  /** The one that "fix all" and the editor's auto fix may take. */
  readonly preferred?: boolean;
  /** A command of the extension, for what an edit cannot do (move a token to secret storage). */
  readonly command?: { readonly id: string; readonly args: readonly unknown[] };
}

export interface Problem {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly path: ConfigPath;
  /** Which part of the node is meant. */
  readonly at?: "key" | "value" | "item";
  /** Where the tree cannot say it (syntax errors). */
  readonly span?: Span;
  /** The file that holds the node when it is not the one being checked (`extends`, data files). */
  readonly file?: string;
  readonly fixes?: readonly Fix[];
  readonly related?: readonly {
    readonly path?: ConfigPath;
    readonly file?: string;
    readonly line?: number;
    readonly message: string;
  }[];
}

export const isError = (problem: Problem): boolean => problem.severity === "error";
