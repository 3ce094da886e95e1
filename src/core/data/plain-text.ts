/**
 * Raw text → rows of about one sequence: paragraphs are gathered while they fit, longer ones are cut.
 * The rules stand beside the shared fixtures; lengths are code points, as Python counts.
 */
import { isBlank, trimBlankEnd } from "./blank.ts";
import { faultOf, type Entry, type EntryParser } from "./entry.ts";

interface Piece {
  readonly line: number;
  readonly text: string;
}

const CHARACTERS_PER_TOKEN = 4;
const PARAGRAPH_BREAK = "\n\n";

export function plainText(maxSeqLength: number): EntryParser {
  const limit = maxSeqLength * CHARACTERS_PER_TOKEN;
  let gathered: Piece | null = null;
  let open: Piece | null = null;

  const emit = (piece: Piece | null): Entry[] =>
    piece === null ? [] : [{ line: piece.line, value: { text: piece.text } }];

  /** Adds a line to the open paragraph and cuts off what no longer fits a row. */
  function extend(line: number, text: string): Entry[] {
    const piece: Piece = open ? { line: open.line, text: `${open.text}\n${text}` } : { line, text };
    const { rows, rest } = cutOff(piece, limit);
    open = rest;
    if (rows.length === 0) return [];
    const before = emit(gathered);
    gathered = null;
    return [...before, ...rows.flatMap(emit)];
  }

  function closeParagraph(): Entry[] {
    const paragraph = open;
    open = null;
    if (paragraph === null) return [];
    if (gathered && !isLonger(gathered.text + PARAGRAPH_BREAK + paragraph.text, 0, limit)) {
      gathered = { line: gathered.line, text: gathered.text + PARAGRAPH_BREAK + paragraph.text };
      return [];
    }
    const before = emit(gathered);
    gathered = paragraph;
    return before;
  }

  return {
    take: (lines) =>
      lines.flatMap((line) => {
        if (line.fault) return [...closeParagraph(), faultOf(line)];
        const text = line.text.replace(/\r$/, "");
        return isBlank(text) ? closeParagraph() : extend(line.number, text);
      }),
    end: () => [...closeParagraph(), ...emit(gathered)],
  };
}

function cutOff(piece: Piece, limit: number): { rows: Piece[]; rest: Piece | null } {
  const rows: Piece[] = [];
  let at = 0;
  let line = piece.line;
  const { text } = piece;
  while (isLonger(text, at, limit)) {
    const head = text.slice(at, after(text, at, limit));
    const end = cutPlace(head);
    const row = trimBlankEnd(head.slice(0, end));
    if (row !== "") rows.push({ line, text: row });
    const next = skipBlank(text, at + end);
    line += text.slice(at, next).split("\n").length - 1;
    at = next;
  }
  return { rows, rest: at < text.length ? { line, text: text.slice(at) } : null };
}

/** At the last line break, else the last space, else at the end. */
function cutPlace(head: string): number {
  const newline = head.lastIndexOf("\n");
  if (newline > 0) return newline;
  const space = head.lastIndexOf(" ");
  return space > 0 ? space : head.length;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text[at] ?? "")) at++;
  return at;
}

/** The UTF-16 offset that is `count` code points after `from`; past the end if there are fewer. */
function after(text: string, from: number, count: number): number {
  let at = from;
  for (let seen = 0; seen < count; seen++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

const isLonger = (text: string, from: number, limit: number): boolean =>
  text.length - from > limit && after(text, from, limit) < text.length;
