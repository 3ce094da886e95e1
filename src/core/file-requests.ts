/**
 * What the language server asks its client where it has no file system of its own (a browser, a virtual
 * workspace). One request, always with a URI; the client answers only for regular files it may read.
 */
export const FILE_REQUEST = "finetune/file";

export type FileRequest =
  | { readonly kind: "stat"; readonly uri: string }
  | { readonly kind: "list"; readonly uri: string }
  /** The whole file; `too-large` above `READ_LIMIT`. */
  | { readonly kind: "read"; readonly uri: string };

export type FileReply =
  | { readonly kind: "file"; readonly bytes: number; readonly mtime: number }
  | { readonly kind: "folder"; readonly entries?: readonly { name: string; kind: "file" | "folder" }[] }
  | { readonly kind: "missing" }
  | { readonly kind: "refused" }
  | { readonly kind: "too-large"; readonly bytes: number }
  /** Base64: JSON carries no bytes. */
  | { readonly kind: "content"; readonly base64: string };

/** A browser tab holds what it reads in memory. */
export const READ_LIMIT = 8 * 1024 * 1024;
