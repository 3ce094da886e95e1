/** A JSON list of rows, element by element: only one row is held at a time. */
import { faultOf, type Entry, type EntryParser } from "./entry.ts";
import { describeFault, jsonFault } from "./json-syntax.ts";
import { MAX_LINE, type Line } from "./lines.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

export function jsonList(): EntryParser {
  /** 0 before the list, 1 between rows, more inside a row, -1 after the list. */
  let depth = 0;
  let inString = false;
  let escaped = false;
  /** Text of the row so far; lines before the current one, with their ends. */
  let begun = "";
  let beganAt = 0;
  let tooLarge = false;
  let afterComma = false;
  let lastText = 1;

  /** The row that a comma or the end of the list completes. */
  function finish(rest: string, line: number, isLast: boolean): Entry | null {
    const text = begun + rest;
    const start = beganAt;
    const large = tooLarge;
    [begun, beganAt, tooLarge] = ["", 0, false];
    if (large) return { line: start, code: "row-too-large", message: "The row is larger than 16 MiB." };
    if (text.trim() === "") {
      if (isLast && !afterComma) return null;
      return syntax(line, isLast ? "a comma before the end of the list" : "a comma without a row before it");
    }
    try {
      return { line: start, value: JSON.parse(text) as unknown };
    } catch {
      const fault = jsonFault(text);
      const before = text.slice(0, fault?.offset ?? 0);
      const offsetLines = before.split("\n").length - 1;
      return syntax(start + offsetLines, fault ? describeFault(text, fault) : "it cannot be read");
    }
  }

  function scan(line: Line, out: Entry[]): void {
    const { text, number } = line;
    let from = 0;
    const begin = (index: number) => {
      if (beganAt === 0) [beganAt, from] = [number, index];
    };
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (inString) {
        if (escaped) escaped = false;
        else if (code === BACKSLASH) escaped = true;
        else if (code === QUOTE) inString = false;
        continue;
      }
      // Space, tab and carriage return; below 0x21 nothing else is JSON, and JSON.parse refuses it.
      if (code <= 0x20) continue;
      if (depth === -1) {
        out.push(syntax(number, "text after the end of the list"));
        return;
      }
      if (code === OPEN_LIST || code === OPEN_OBJECT) {
        if (depth > 0) begin(index);
        depth++;
      } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
        depth--;
        if (depth > 0) continue;
        if (code === CLOSE_OBJECT) {
          out.push(syntax(number, "} without a { before it"));
          return;
        }
        const entry = finish(text.slice(from, index), number, true);
        if (entry) out.push(entry);
        depth = -1;
      } else if (code === COMMA && depth === 1) {
        const entry = finish(text.slice(from, index), number, false);
        if (entry) out.push(entry);
        from = index + 1;
        afterComma = true;
      } else {
        begin(index);
        inString = code === QUOTE;
      }
    }
    // A line end inside a string is no JSON; the row is finished as it is and then refused.
    if (beganAt > 0 && !tooLarge) {
      begun += `${text.slice(from)}\n`;
      if (begun.length > MAX_LINE) [begun, tooLarge] = ["", true];
    }
    if (text.trim() !== "") lastText = number;
  }

  return {
    take(lines) {
      const out: Entry[] = [];
      for (const line of lines) {
        if (line.fault) {
          // One line holds part of a row or many rows: what it closes cannot be known.
          const entry = faultOf(line);
          out.push("message" in entry ? syntax(line.number, entry.message.replace(/\.$/, "")) : entry);
          return out;
        }
        scan(line, out);
      }
      return out;
    },
    end(cut) {
      if (cut || depth === -1) return [];
      return [syntax(lastText, "it ends without ]")];
    },
  };
}

const syntax = (line: number, what: string): Entry => ({
  line,
  code: "json-syntax",
  message: `The list of rows breaks here: ${what}.`,
});
