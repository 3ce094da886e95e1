import type { ServerOptions } from "../core/server-options.ts";

/** What a client says at the start, whoever it is; another editor says nothing. */
export function readServerOptions(options: unknown, folders: readonly string[]): ServerOptions {
  const given = typeof options === "object" && options !== null ? options : {};
  return {
    folders:
      "folders" in given && Array.isArray(given.folders)
        ? given.folders.filter((each) => typeof each === "string")
        : folders,
    trusted: "trusted" in given && given.trusted === true,
    docs: "docs" in given && typeof given.docs === "string" ? given.docs : null,
  };
}
