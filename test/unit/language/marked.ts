/** A text with a `|` where the cursor is: the text without it, and the offset. */
export function marked(text: string): { text: string; offset: number } {
  const offset = text.indexOf("|");
  if (offset === -1) throw new Error(`no | in ${JSON.stringify(text)}`);
  return { text: text.slice(0, offset) + text.slice(offset + 1), offset };
}
