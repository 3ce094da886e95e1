/** What is known about a data file after it was read, whole or in part. */
import type { DataCode, DataSeverity } from "./codes.ts";
import type { Encoding } from "./container.ts";
import type { FoundFormat, RoleColumns } from "./formats.ts";
import type { Lengths } from "./lengths.ts";
import type { Row } from "./row.ts";
import type { Shape } from "./shape.ts";

/** Something about one row. */
export interface RowProblem {
  readonly line: number;
  readonly code: DataCode;
  readonly message: string;
}

/** One code, told once for the whole file. */
export interface DataProblem {
  readonly code: DataCode;
  readonly severity: DataSeverity;
  /** The first place, null where the file as a whole is meant. */
  readonly line: number | null;
  readonly message: string;
  readonly count: number;
}

export interface DatasetReport {
  readonly name: string;
  readonly compression: "gzip" | null;
  readonly encoding: Encoding | null;
  readonly shape: Shape | null;
  readonly format: FoundFormat | null;
  readonly roles: RoleColumns;
  readonly columns: readonly string[];
  /** Rows found in what was read, and those of them that can be trained on. */
  readonly rows: number;
  readonly used: number;
  /** The first 20 of each. */
  readonly skipped: readonly RowProblem[];
  readonly notes: readonly RowProblem[];
  readonly problems: readonly DataProblem[];
  readonly lengths: Lengths | null;
  /** False: only the first part of the file was read. */
  readonly exact: boolean;
  /** Bytes of the file, and those of them that were read. */
  readonly bytes: number;
  readonly bytesRead: number;
  /** The first rows as they are trained on. */
  readonly preview: readonly { readonly line: number; readonly row: Row }[];
  /** Of the used rows, in order, each once; null when there were too many to keep. */
  readonly hashes: readonly string[] | null;
}
