/** CSV and TSV after RFC 4180: quotes, doubled quotes, line breaks inside quotes, any common delimiter. */
import { faultOf, type Entry, type EntryParser } from "./entry.ts";
import { MAX_LINE, type Line } from "./lines.ts";

const DELIMITERS = [",", ";", "\t", "|"];

/** `delimiter` null: found from the header. */
export function csv(delimiter: string | null): EntryParser {
  let separator = delimiter;
  let header: readonly string[] | null = null;
  let fields: string[] = [];
  let start = 0;
  /** The quoted field that is still open, null outside quotes. */
  let quoted: string | null = null;

  function finish(out: Entry[]): void {
    const row = fields;
    fields = [];
    if (header === null) {
      header = row.map((name) => name.trim());
      return;
    }
    if (row.length === header.length) {
      out.push({ line: start, value: Object.fromEntries(header.map((name, index) => [name, row[index]])) });
      return;
    }
    const delimiterName = separator === "\t" ? "tab" : separator;
    out.push({
      line: start,
      code: "csv-fields",
      message: `${row.length} field${row.length === 1 ? "" : "s"} where the header has ${header.length}: quote a field that holds ${delimiterName} or a line break.`,
    });
  }

  function scan(line: Line, out: Entry[]): void {
    const text = line.text;
    let at = 0;
    if (quoted === null) {
      if (text === "" || text === "\r") return;
      start = line.number;
      separator ??= mostFrequent(text);
    }
    const between = separator ?? ",";
    for (;;) {
      if (quoted !== null || text[at] === '"') {
        const read = readQuoted(text, quoted === null ? at + 1 : at);
        quoted = (quoted ?? "") + read.text;
        if (read.end === -1) {
          quoted += "\n";
          if (quoted.length <= MAX_LINE) return;
          out.push(unclosed(start));
          [quoted, fields] = [null, []];
          return;
        }
        at = read.end;
      }
      const end = text.indexOf(between, at);
      const rest = end === -1 ? text.slice(at).replace(/\r$/, "") : text.slice(at, end);
      fields.push((quoted ?? "") + rest);
      quoted = null;
      if (end === -1) break;
      at = end + between.length;
    }
    finish(out);
  }

  return {
    take(lines) {
      const out: Entry[] = [];
      for (const line of lines) {
        if (!line.fault) scan(line, out);
        else {
          out.push(faultOf(line));
          [quoted, fields] = [null, []];
        }
      }
      return out;
    },
    end: (cut) => (quoted === null || cut ? [] : [unclosed(start)]),
  };
}

const unclosed = (line: number): Entry => ({
  line,
  code: "csv-quote",
  message: 'A field that starts with " never ends.',
});

/** From after the opening quote to the closing one; `end` is the place after it, or -1. */
function readQuoted(text: string, from: number): { text: string; end: number } {
  let read = "";
  for (let at = from; ;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return { text: read + text.slice(at), end: -1 };
    read += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { text: read, end: quote + 1 };
    read += '"';
    at = quote + 2;
  }
}

function mostFrequent(header: string): string {
  const outside = header.replace(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((delimiter) => outside.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}
