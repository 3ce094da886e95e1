/** What the readers of the file shapes hand on: values with the line they start on, or a problem there. */
import type { DataCode } from "./codes.ts";
import type { Line } from "./lines.ts";

export type Entry =
  | { readonly line: number; readonly value: unknown }
  /** A fatal code (`isFatal`) ends the reading. */
  | { readonly line: number | null; readonly code: DataCode; readonly message: string };

export const isProblem = (entry: Entry): entry is Extract<Entry, { code: DataCode }> => "code" in entry;

/** Fed with batches of lines, hands back the entries they complete. */
export interface EntryParser {
  take(lines: readonly Line[]): Entry[];
  /** `cut`: the file goes on, what is begun here is no fault. */
  end(cut: boolean): Entry[];
}

/** The entry for a line that could not be read at all. */
export const faultOf = (line: Line): Entry =>
  line.fault === "size"
    ? { line: line.number, code: "row-too-large", message: "The line is longer than 16 MiB." }
    : {
        line: line.number,
        code: "bytes-invalid",
        message: "The line is not UTF-8, perhaps Windows-1252 or Latin-1: save the file as UTF-8.",
      };
