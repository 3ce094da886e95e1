/** Places in files that a line of a log names, so that a click can open them. */
export interface FileLink {
  /** Characters of the line, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** Python's frames, and what compilers and our own messages write: `data/support.jsonl:212`. */
const FRAME = /File "([^"]+)", line (\d+)/g;
const PLACE =
  /(?<![\w/\\.:@+-])((?:[A-Za-z]:[\\/]|~?\/|\.{1,2}\/)?(?:[\w.@+-]+[\\/])*[\w.@+-]+\.(?:py|ya?ml|jsonl?|csv|tsv|txt|md|jinja|cu|cpp|cc|c|h)):(\d+)(?!\w)/g;

/** A longer line is no message but a dump. */
const MAX_CHARS = 2000;
/** Most lines have no such thing in them. */
const LIKELY = /:\d|, line \d/;

export function fileLinks(line: string): FileLink[] {
  if (line.length > MAX_CHARS || !LIKELY.test(line)) return [];
  const links: FileLink[] = [];
  for (const pattern of [FRAME, PLACE]) {
    for (const match of line.matchAll(pattern)) {
      const [whole, path = "", number] = match;
      // "<string>", "<frozen importlib._bootstrap>": code without a file.
      if (path.startsWith("<")) continue;
      links.push({ start: match.index, end: match.index + whole.length, path, line: Number(number) });
    }
  }
  return links.toSorted((a, b) => a.start - b.start);
}
