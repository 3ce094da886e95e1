/**
 * What a machine can tell the checks and estimates. All of it is optional: nothing here may be needed
 * to edit a file, and the CLI's `validate` uses none of it unless asked.
 */

import type { Neighbour } from "./config/neighbours.ts";
import type { RowPreview } from "./data/preview.ts";

export interface GpuFact {
  readonly index: number;
  readonly uuid: string;
  readonly name: string;
  /** Bytes; `total` is what the driver reports, `usable` what PyTorch sees when known. */
  readonly total: number;
  readonly usable: number | null;
  readonly used: number;
  /** Held by runs of ours, part of `used`. */
  readonly ours: number;
  /** CUDA compute capability, "8.9". */
  readonly capability: string | null;
  readonly driver: string | null;
  readonly processes: readonly { readonly pid: number; readonly name: string; readonly bytes: number }[];
}

export interface DatasetFact {
  /** Identity of the file that was read. */
  readonly bytes: number;
  readonly mtime: number;
  readonly format: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** False: counted from the first part of the file, so rows and tokens are "about". */
  readonly exact: boolean;
  readonly tokens: {
    readonly mean: number;
    readonly p50: number;
    readonly p95: number;
    readonly max: number;
  } | null;
  readonly problems: readonly {
    code: string;
    severity: "error" | "warning" | "information";
    line: number | null;
    message: string;
  }[];
  /** Hashes of normalised rows of the part read, for overlap and duplicate checks. */
  readonly rowHashes?: readonly string[];
  /** The first rows that can be used. */
  readonly preview?: readonly RowPreview[];
}

/** A measured correction for one (GPU, path, version): multiply the estimate by `factor`. */
export interface Correction {
  readonly key: string;
  readonly memoryFactor: number;
  readonly timeFactor: number;
  readonly runs: number;
}

export interface Facts {
  /** undefined: not known; []: known to have none. */
  readonly gpus?: readonly GpuFact[];
  /** Cores and memory of the CPU, for estimates of CPU runs. */
  readonly cpu?: { readonly cores: number; readonly memory: number; readonly bf16: boolean };
  /** By absolute path or URI. */
  readonly datasets?: Readonly<Record<string, DatasetFact>>;
  /** Does the path exist, and what is it? Absent key: not looked at. */
  readonly paths?: Readonly<Record<string, "file" | "folder" | "missing" | "refused">>;
  /** Names next to a missing file, for "did you mean". */
  readonly siblings?: Readonly<Record<string, readonly string[]>>;
  /** By the folder of a config: scripts and configs beside it that train without it. Absent key: not looked at. */
  readonly neighbours?: Readonly<Record<string, readonly Neighbour[]>>;
  /** config.json of local model folders, by path. */
  readonly modelConfigs?: Readonly<Record<string, unknown>>;
  readonly corrections?: readonly Correction[];
  readonly modal?: { readonly signedIn: boolean; readonly profile: string | null };
  readonly can?: { readonly run: boolean; readonly read: boolean; readonly secrets: boolean };
  readonly platform?: "linux" | "win32" | "darwin" | "web";
}

/** The one notification from the extension to its language server. Complete state, never a delta. */
export const FACTS_NOTIFICATION = "finetune/facts";
