import { FileType, Uri, workspace } from "vscode";
import { READ_LIMIT, type FileReply, type FileRequest } from "../core/file-requests.ts";

/**
 * Files for a server without a file system: regular files of the workspace folders, through the editor's
 * own providers. Anything else is refused without being looked at.
 */
export async function answerFileRequest({ kind, uri: text }: FileRequest): Promise<FileReply> {
  const uri = Uri.parse(text);
  if (workspace.getWorkspaceFolder(uri) === undefined) return { kind: "refused" };
  try {
    const stat = await workspace.fs.stat(uri);
    if (stat.type & FileType.SymbolicLink) return { kind: "refused" };
    switch (kind) {
      case "stat":
        return statReply(stat.type, stat.size, stat.mtime);
      case "list":
        return stat.type === FileType.Directory
          ? { kind: "folder", entries: await entriesOf(uri) }
          : { kind: "refused" };
      case "read":
        if (stat.type !== FileType.File) return { kind: "refused" };
        if (stat.size > READ_LIMIT) return { kind: "too-large", bytes: stat.size };
        return { kind: "content", base64: base64(await workspace.fs.readFile(uri)) };
    }
  } catch {
    // Providers say in many ways that something is not there; none of them is an error of ours.
    return { kind: "missing" };
  }
}

function statReply(type: FileType, bytes: number, mtime: number): FileReply {
  if (type === FileType.File) return { kind: "file", bytes, mtime };
  return type === FileType.Directory ? { kind: "folder" } : { kind: "refused" };
}

async function entriesOf(folder: Uri): Promise<{ name: string; kind: "file" | "folder" }[]> {
  const entries = await workspace.fs.readDirectory(folder);
  return entries.flatMap(([name, type]) => {
    const kind = type === FileType.File ? "file" : type === FileType.Directory ? "folder" : null;
    return kind === null ? [] : [{ name, kind }];
  });
}

/** Without `Buffer`, which a browser lacks; in pieces, because the arguments of a call are limited. */
function base64(bytes: Uint8Array): string {
  const PIECE = 0x8000;
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE)
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}
