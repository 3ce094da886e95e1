import type { Facts } from "../core/facts.ts";
import type { Files } from "./files.ts";

/** What differs between a machine with a file system and a browser. */
export interface Host {
  readonly files: Files;
  readonly platform: NonNullable<Facts["platform"]>;
  readonly home?: string;
  /** The place of a document: an absolute path with slashes, or a URI with its path decoded. */
  placeOf(uri: string): string;
  uriOf(place: string): string;
  /** What `Files` may read has changed: a folder was added, the workspace is trusted. */
  setPolicy(policy: { readonly anywhere: boolean; readonly folders: readonly string[] }): void;
}
