/** `remote.json`: what the pump of a run on Modal last knew. Written by the launcher and the pump only. */
import { remoteSchema, type Remote } from "../core/run/remote.ts";
import { readJson, writeJson } from "./json-file.ts";
import { remoteFile } from "./run-files.ts";

export const readRemote = (folder: string): Promise<Remote | null> =>
  readJson(remoteFile(folder), remoteSchema);

export const writeRemote = (folder: string, remote: Remote): Promise<void> =>
  writeJson(remoteFile(folder), remote);
