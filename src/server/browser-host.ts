import type { FileReply, FileRequest } from "../core/file-requests.ts";
import { clientFiles } from "./client-files.ts";
import type { Host } from "./host.ts";
import { placeOfUntitled, placeOfUri, uriOfPlace } from "./uri-place.ts";

/** Everything through the editor, which reads only files of the workspace. */
export function browserHost(ask: (request: FileRequest) => Promise<FileReply>): Host {
  let folders: readonly string[] = [];
  return {
    files: clientFiles((request) => ask({ ...request, uri: uriOfPlace(request.uri) })),
    platform: "web",
    placeOf: (uri) => placeOfUntitled(uri, folders) ?? placeOfUri(uri),
    uriOf: uriOfPlace,
    setPolicy(policy) {
      folders = policy.folders;
    },
  };
}
