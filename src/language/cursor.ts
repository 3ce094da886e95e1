import { blockAround, lineAt } from "./block.ts";
import { findMark } from "./find-mark.ts";
import { makeProbe, openAt } from "./probe.ts";
import { settle, type Settled } from "./settle.ts";

/** Where somebody types: what may stand there, and what of the text it would replace. */
export interface Cursor extends Settled {
  /** The colon before the cursor lacks its space. */
  readonly glued: boolean;
}

/** Null where nothing can be completed: in a comment, in a block of text, in a file that is no map. */
export function cursorAt(text: string, offset: number): Cursor | null {
  const line = lineAt(text, offset);
  if (!isPlace(text.slice(line.start, offset), text.slice(offset, line.end))) return null;
  const block = blockAround(text, offset);
  const section = text.slice(block.start, block.end);
  const at = offset - block.start;
  const probe = makeProbe(section, at);
  if (!probe.lone) {
    const found = findMark(probe, block.start);
    if (found === null || found === "text") return null;
    // The blank that the probe put behind the colon is not in the text.
    const shift = probe.glued ? 1 : 0;
    const span = { start: found.span.start - shift, end: found.span.end - shift };
    return withRoot({ ...found, span, glued: probe.glued, reindent: null }, text);
  }
  const found = settle(section, at, block.start);
  return found && withRoot({ ...found, glued: false }, text);
}

/** Can a word stand between these two pieces of a line? */
function isPlace(before: string, after: string): boolean {
  if (openAt(before).quote !== "") return true;
  if (/(?:^|\s)#/.test(before.replace(/"[^"]*"|'[^']*'/g, ""))) return false;
  // In the blanks before a text, before a bracket, a quote or the dash of a list item.
  if (/^\s*$/.test(before) && /^\s+\S/.test(after)) return false;
  if (/^(?:[[{"']|-\s)/.test(after)) return false;
  // No word yet, and one behind the blanks: it would be taken in.
  if (/(?:^|[\s,[{])$/.test(before) && /^\s+[^\s#,\]}]/.test(after)) return false;
  // Right behind the colon of a key that has its value, or behind a dash.
  return !(/[^\s:]:$|(?:^|\s)-$/.test(before) && /^\s+[^\s#]/.test(after));
}

/** The section knows nothing of the other sections: their names come from the text. */
function withRoot(cursor: Cursor, text: string): Cursor {
  if (cursor.want !== "key" || cursor.path.length > 0 || cursor.flow) return cursor;
  const names = [...text.matchAll(/^(?:"([^"\n]+)"|'([^'\n]+)'|([^\s#:'"{[][^:\n]*?))\s*:(?=\s|$)/gm)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? "",
  );
  const typed = text.slice(cursor.span.start, cursor.span.end);
  const once = names.indexOf(typed);
  return { ...cursor, present: cursor.colon ? names.filter((_, index) => index !== once) : names };
}
