import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ReadConfig } from "../core/config/chain.ts";
import type { ParsedConfig } from "../core/config/parse.ts";
import type { Resolution } from "../core/config/resolve.ts";
import { validate, type SeverityOverrides, type Validation } from "../core/config/validate.ts";
import type { Facts } from "../core/facts.ts";

/** What the features know beside the text. */
export interface World {
  /** Of the config: an absolute path, or a URI where there is no file system. */
  readonly place: string;
  /** Files that `extends` names. */
  readonly read: ReadConfig;
  readonly facts: Facts;
  readonly severities: SeverityOverrides;
  /** What `~` means; undefined where there is no home. */
  readonly home?: string;
}

/** One version of a file, understood. Every feature works on this. */
export interface Analysis {
  readonly document: TextDocument;
  readonly world: World;
  readonly parsed: ParsedConfig;
  readonly resolution: Resolution;
  readonly problems: Validation["problems"];
}

export function analyse(document: TextDocument, parsed: ParsedConfig, world: World): Analysis {
  const { place: path, read, facts, severities, home } = world;
  const context = { path, read, ...(home === undefined ? {} : { home }) };
  const { resolution, problems } = validate(parsed, context, facts, severities);
  return { document, world, parsed, resolution, problems };
}
