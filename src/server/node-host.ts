import { homedir } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { FileReply, FileRequest } from "../core/file-requests.ts";
import { clientFiles } from "./client-files.ts";
import type { Files } from "./files.ts";
import type { Host } from "./host.ts";
import { nodeFiles, type ReadPolicy } from "./node-files.ts";
import { isUri, placeOfUntitled, placeOfUri, uriOfPlace } from "./uri-place.ts";

const withSlashes = (path: string): string =>
  process.platform === "win32" ? path.replaceAll("\\", "/") : path;

/** Paths of this machine for `file:`; whatever else the editor has open is read through it. */
export function nodeHost(ask: (request: FileRequest) => Promise<FileReply>): Host {
  let policy: ReadPolicy = { anywhere: false, folders: [] };
  const own = nodeFiles(() => policy);
  const virtual = clientFiles((request) => ask({ ...request, uri: uriOfPlace(request.uri) }));
  const of = (place: string): Files => (isVirtual(place) ? virtual : own);
  return {
    files: {
      stat: (place) => of(place).stat(place),
      list: (folder) => of(folder).list(folder),
      read: (place, use) => of(place).read(place, use),
    },
    platform: process.platform === "win32" || process.platform === "darwin" ? process.platform : "linux",
    home: withSlashes(homedir()),
    placeOf(uri) {
      if (uri.startsWith("file:")) return withSlashes(fileURLToPath(uri));
      return placeOfUntitled(uri, policy.folders) ?? placeOfUri(uri);
    },
    uriOf: (place) => (isUri(place) ? uriOfPlace(place) : pathToFileURL(place).href),
    setPolicy(next) {
      policy = next;
    },
  };
}

/** A file of the editor's own kind; a URL that a config names is nobody's file. */
const isVirtual = (place: string): boolean =>
  isUri(place) && !/^(?:https?|ftp|file|data|s3|gs):/i.test(place);
