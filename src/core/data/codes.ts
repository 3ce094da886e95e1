/** The table of codes of the data readers; the trainer's reader uses a copy of the same file. */
import table from "./codes.json" with { type: "json" };

type Codes = typeof table.codes;
export type DataCode = keyof Codes;
export type DataSeverity = "error" | "warning" | "information";

export const severityOf = (code: DataCode): DataSeverity => {
  const { severity } = table.codes[code];
  return severity === "error" || severity === "warning" ? severity : "information";
};

/** True for a code after which nothing of the file can be used. */
export const isFatal = (code: DataCode): boolean => {
  const entry = table.codes[code];
  return "fatal" in entry && entry.fatal;
};

/** One sentence on what a code means, for docs and hovers. */
export const meaningOf = (code: DataCode): string => table.codes[code].means;

export const DATA_CODES = Object.keys(table.codes) as readonly DataCode[];
