import type { Facts } from "../core/facts.ts";

export interface Entry {
  readonly name: string;
  readonly kind: "file" | "folder";
}

export interface Suggestion {
  readonly value: string;
  readonly detail?: string;
}

/** What completion knows beside the text. Lists are best first. */
export interface CompletionWorld {
  /** Place of the config itself; relative paths are relative to its folder. */
  readonly place: string;
  /** The config as far as it can be read. */
  readonly value: unknown;
  readonly facts: Facts;
  readonly models: readonly Suggestion[];
  readonly targetModules: readonly Suggestion[];
  readonly modalGpus: readonly Suggestion[];
  readonly chatTemplates: readonly Suggestion[];
  /** Of the folder that `wantedFolder` names. */
  readonly entries: readonly Entry[];
}
