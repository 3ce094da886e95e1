/**
 * What the launcher and the pump need of Modal, and no more: one signed-in connection. `open-session.ts`
 * makes one of the real SDK; everything it throws is a `ModalError` that says what a person can do.
 */
import type { ModalPrices } from "../../core/estimate/prices.ts";
import type { ModalOutcome } from "../../core/run/remote.ts";

export interface ModalCredentials {
  readonly tokenId: string;
  readonly tokenSecret: string;
  /** Modal's environment; null: the account's default. */
  readonly environment: string | null;
  /** The profile they came from, for messages; null: variables or the secret storage. */
  readonly profile: string | null;
  /** `http://127.0.0.1:…` in tests, else null. */
  readonly serverUrl: string | null;
}

export interface ImageWish {
  /** A registry reference such as "unsloth/unsloth:core-2026.10.9". */
  readonly tag: string;
  /** Dockerfile lines on top of it, one layer each. */
  readonly commands: readonly string[];
  /** Registry credentials by the name of a secret; null: a public image. */
  readonly secret: string | null;
}

export interface SandboxWish {
  readonly image: string;
  readonly command: readonly string[];
  /** `A100-80GB:2`, or null for a CPU sandbox. */
  readonly gpu: string | null;
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
  /** Whole seconds. */
  readonly timeoutS: number;
  readonly region: string | null;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Names of secrets kept by Modal. */
  readonly secretNames: readonly string[];
  /** Values for this run only; they become a secret on the server and are in no file, log or argv. */
  readonly secretValues: Readonly<Record<string, string>>;
  /** Mount path → name of a v2 volume. */
  readonly volumes: Readonly<Record<string, string>>;
}

export interface FoundSandbox {
  readonly id: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Unix seconds. */
  readonly created: number;
}

export interface LogItem {
  readonly fd: 1 | 2;
  readonly text: string;
}

export interface VolumeEntry {
  /** Relative to the root of the volume, without a leading slash. */
  readonly path: string;
  readonly kind: "file" | "folder";
  readonly bytes: number;
  /** Unix seconds. */
  readonly mtime: number;
}

export interface UploadFile {
  /** Absolute, on this machine; or the contents themselves. */
  readonly from: string | Uint8Array;
  /** Relative to the root of the volume. */
  readonly to: string;
  readonly mode?: number;
}

/** Bytes done of all; blocks that Modal has already count as done. */
export type Progress = (done: number, total: number) => void;

export interface ModalSession {
  readonly credentials: ModalCredentials;
  /** Signs in; the workspace's name where the server tells it. Rejects with `modal-token` and the like. */
  check(): Promise<{ readonly workspace: string | null }>;
  /** → image id. Registry and network faults are tried three times with a pause; `onLine` gets the builder's log. */
  buildImage(wish: ImageWish, onLine: (line: string) => void, signal: AbortSignal): Promise<string>;
  /**
   * Resolves when the sandbox has been given a machine (up to 21 minutes). `onId` comes as soon as the id is
   * known. Aborting terminates what waits and rejects with `modal-cancelled`.
   */
  createSandbox(wish: SandboxWish, onId: (id: string) => void, signal: AbortSignal): Promise<string>;
  /** Running or waiting sandboxes of our app that carry all these tags. */
  find(tags: Readonly<Record<string, string>>): Promise<readonly FoundSandbox[]>;
  /**
   * Both streams from the very first line, live, ends when the sandbox has ended. Rejects with
   * `modal-unreachable` after a cut that the SDK could not bridge: begin again, the first line comes first.
   */
  logs(id: string, signal: AbortSignal): AsyncIterable<LogItem>;
  /** null while it lives. The status is the server's, not the SDK's exit code. */
  outcome(id: string): Promise<ModalOutcome | null>;
  terminate(id: string): Promise<void>;
  /** A small file in a running sandbox, at once visible to it. */
  writeInside(id: string, path: string, text: string): Promise<void>;
  /** Runs a command in a living sandbox; stdout and exit code. */
  execInside(
    id: string,
    command: readonly string[],
  ): Promise<{ readonly code: number; readonly stdout: string }>;

  /** Made when missing (v2). Unchanged blocks are not sent again. */
  upload(
    volume: string,
    files: readonly UploadFile[],
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<void>;
  /** A missing volume or folder is an empty list. */
  list(volume: string, path: string, recursive: boolean): Promise<readonly VolumeEntry[]>;
  /** Whole file into `to`, in parallel parts, going on where a cut one stopped; size is verified. */
  download(
    volume: string,
    path: string,
    to: string,
    onProgress: Progress,
    signal: AbortSignal,
  ): Promise<void>;
  /** Bytes from `offset` on, at most `length`; null: no such file. */
  read(volume: string, path: string, offset: number, length: number): Promise<Uint8Array | null>;
  remove(volume: string, path: string): Promise<void>;

  /** The workspace's own prices, $/s by GPU name; null where the account does not answer in a known form. */
  rates(): Promise<ModalPrices | null>;
  close(): void;
}

export interface OpenSession {
  (
    credentials: ModalCredentials,
    log: (level: "debug" | "info" | "warn" | "error", text: string) => void,
  ): Promise<ModalSession>;
}
