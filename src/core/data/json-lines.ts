/** JSON Lines: one value a line, blank lines between. */
import { faultOf, type Entry, type EntryParser } from "./entry.ts";
import { describeFault, jsonFault } from "./json-syntax.ts";
import type { Line } from "./lines.ts";

export const jsonLines = (): EntryParser => ({
  take: (lines) => lines.flatMap(entryOf),
  end: () => [],
});

function entryOf(line: Line): Entry | readonly [] {
  if (line.fault) return faultOf(line);
  try {
    return { line: line.number, value: JSON.parse(line.text) as unknown };
  } catch {
    const text = line.text.trim();
    return text === "" ? [] : broken(text, line.number);
  }
}

function broken(text: string, line: number): Entry {
  if (isPrettyPrinted(text)) {
    return {
      line,
      code: "json-pretty-printed",
      message:
        "An object starts here that runs over several lines. Put each row on one line, or all rows into a list [ … ].",
    };
  }
  if (text.endsWith("},")) {
    return {
      line,
      code: "json-invalid",
      message: "A comma after the row: lines of JSON are not separated by commas.",
    };
  }
  const fault = jsonFault(text);
  const where = fault ? describeFault(text, fault) : "it cannot be read";
  return { line, code: "json-invalid", message: `The line is not JSON: ${where}.` };
}

/** Ends inside an object at a place where people break lines; see the rules beside the fixtures. */
const isPrettyPrinted = (text: string): boolean =>
  text.startsWith("{") && /[{[,]$/.test(text) && !text.endsWith("},");
