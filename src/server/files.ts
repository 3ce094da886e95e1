import type { ByteSource } from "../core/data/source.ts";

/**
 * What the server may know about files other than the one being edited. A place is an absolute path on
 * a machine with a file system and a URI elsewhere; nobody but the implementations looks inside it.
 */
export type FileStat =
  | { readonly kind: "file"; readonly bytes: number; readonly mtime: number }
  | { readonly kind: "folder" }
  | { readonly kind: "missing" }
  /** There, or not; we do not look (another machine, a device, outside an untrusted workspace). */
  | { readonly kind: "refused" };

export interface FolderEntry {
  readonly name: string;
  readonly kind: "file" | "folder";
}

export interface Files {
  stat(place: string): Promise<FileStat>;
  /** Up to a thousand entries, regular files and folders only; empty where nothing may be read. */
  list(folder: string): Promise<readonly FolderEntry[]>;
  /** Opens a regular file for as long as `use` runs; null where `stat` would not say "file". */
  read<T>(place: string, use: (source: ByteSource) => Promise<T>): Promise<T | null>;
}

/** A folder with more entries than this helps nobody in a completion list. */
export const LIST_LIMIT = 1000;
