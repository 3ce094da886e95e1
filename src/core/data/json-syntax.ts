/** Where JSON goes wrong: engines word it differently and some do not tell the place. */
export interface JsonFault {
  /** UTF-16 offset of the first character that cannot be there; the length of the text if it ends too early. */
  readonly offset: number;
  readonly expected: string;
}

const SPACE = /[ \t\r\n]*/y;
const SCALAR = /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)(?![0-9A-Za-z_.])/y;

const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;

/** The offset after the string that starts at `from`, or -1. By hand: a pattern would need stack for each character. */
function endOfString(text: string, from: number): number {
  if (text[from] !== '"') return -1;
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return -1;
    if (code !== 0x5c) continue;
    ESCAPE.lastIndex = at + 1;
    if (!ESCAPE.test(text)) return -1;
    at = ESCAPE.lastIndex - 1;
  }
  return -1;
}

type Wanted = "value" | "value or ]" | "name" | "name or }" | ":" | ", or ]" | ", or }" | "end";

/** The first fault of `text` as one JSON value, or null when there is none. Iterative: depth costs no stack. */
export function jsonFault(text: string): JsonFault | null {
  const open: ("{" | "[")[] = [];
  let wanted: Wanted = "value";
  let offset = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = offset;
    const found = pattern.test(text);
    if (found) offset = pattern.lastIndex;
    return found;
  };
  const skipString = (): boolean => {
    const end = endOfString(text, offset);
    if (end !== -1) offset = end;
    return end !== -1;
  };
  const afterValue = (): Wanted => (open.length === 0 ? "end" : open.at(-1) === "{" ? ", or }" : ", or ]");
  const close = (): Wanted => {
    open.pop();
    offset++;
    return afterValue();
  };
  const fault = (): JsonFault => ({ offset, expected: wanted === "end" ? "the end" : wanted });

  for (;;) {
    skip(SPACE);
    if (offset === text.length) return wanted === "end" ? null : fault();
    const next = text[offset];
    if (wanted === "end") return fault();
    if (wanted === "value" || wanted === "value or ]") {
      if (next === "]" && wanted === "value or ]") wanted = close();
      else if (next === "{" || next === "[") {
        open.push(next);
        offset++;
        wanted = next === "{" ? "name or }" : "value or ]";
      } else if (skipString() || skip(SCALAR)) wanted = afterValue();
      else return fault();
    } else if (wanted === "name" || wanted === "name or }") {
      if (next === "}" && wanted === "name or }") wanted = close();
      else if (skipString()) wanted = ":";
      else return fault();
    } else if (wanted === ":") {
      if (next !== ":") return fault();
      offset++;
      wanted = "value";
    } else if (next === ",") {
      offset++;
      wanted = wanted === ", or }" ? "name" : "value";
    } else if (next === wanted.at(-1)) wanted = close();
    else return fault();
  }
}

/** "expected , or } at column 12", or where it ends too early. */
export function describeFault(text: string, fault: JsonFault): string {
  if (fault.offset >= text.trimEnd().length) return `it ends where ${fault.expected} is expected`;
  const column = fault.offset - text.lastIndexOf("\n", fault.offset - 1);
  return `expected ${fault.expected} at column ${column}`;
}
