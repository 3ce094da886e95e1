/** Terminal colours → spans with classes. Text stays text: nothing here ever becomes markup. */
import Anser from "anser";

export interface Coloured {
  readonly text: string;
  /** Classes of `panel.css`; empty for plain text. */
  readonly classes: string;
}

const ESCAPE = "\u001b";

export function coloured(line: string): readonly Coloured[] {
  if (!line.includes(ESCAPE)) return [{ text: line, classes: "" }];
  return Anser.ansiToJson(line, { json: true, use_classes: true, remove_empty: true }).map((part) => ({
    text: part.content,
    classes: [part.fg, ...part.decorations].filter((name) => name !== null && name !== "").join(" "),
  }));
}

/** Cuts a line at every occurrence of a search text, for marking it. Ignores case, as the search does. */
export function marked(
  text: string,
  query: string,
): readonly { readonly text: string; readonly hit: boolean }[] {
  if (query === "") return [{ text, hit: false }];
  const parts: { text: string; hit: boolean }[] = [];
  const lower = text.toLowerCase();
  const wanted = query.toLowerCase();
  let at = 0;
  for (let found = lower.indexOf(wanted); found >= 0; found = lower.indexOf(wanted, at)) {
    if (found > at) parts.push({ text: text.slice(at, found), hit: false });
    parts.push({ text: text.slice(found, found + wanted.length), hit: true });
    at = found + wanted.length;
  }
  if (at < text.length) parts.push({ text: text.slice(at), hit: false });
  return parts;
}
