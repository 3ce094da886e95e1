import { lineAt } from "./block.ts";

/** A character of the private use area that no config contains: marks the cursor in a probe. */
export const MARK = "\uE000";

/**
 * A text that parses and holds `MARK` where the cursor is, made from a text that somebody is in the middle
 * of typing: a lone word becomes a key, an open quote and open brackets are closed on the same line.
 */
export interface Probe {
  readonly text: string;
  /** A word alone on its line, so either a key without its colon or a value below its key. */
  readonly lone: boolean;
  /** The colon before the cursor lacks its space. */
  readonly glued: boolean;
}

const LONE = /^\s*(?:-\s+)*(?:[^\s#:{}[\],"'&*!|>%@`-][^\s#:{}[\],"']*)?$/;

export function makeProbe(text: string, offset: number): Probe {
  const line = lineAt(text, offset);
  const before = text.slice(line.start, offset);
  const after = text.slice(offset, line.end);
  const word = /^[\w./-]*/.exec(after)?.[0] ?? "";
  const put = (insert: string): string => text.slice(0, offset) + insert + text.slice(offset);

  if (LONE.test(before + word) && isBlank(after.slice(word.length))) {
    const wordEnd = offset + word.length;
    return {
      text: `${text.slice(0, offset)}${MARK}${word}:${text.slice(wordEnd)}`,
      lone: true,
      glued: false,
    };
  }
  if (/[^\s:]:$/.test(before) && isBlank(after)) return { text: put(` ${MARK}`), lone: false, glued: true };
  return { text: put(MARK + closersFor(before, after)), lone: false, glued: false };
}

const isBlank = (text: string): boolean => /^\s*(?:\s#.*)?$/.test(text);

/** What is open before the cursor and not closed after it on the line: a quote, brackets. */
function closersFor(before: string, after: string): string {
  let quote = "";
  const open: string[] = [];
  for (let index = 0; index < before.length; index++) {
    const character = before[index] ?? "";
    if (quote !== "") {
      if (character === "\\" && quote === '"') index++;
      else if (character === quote) quote = "";
    } else if ((character === '"' || character === "'") && /^[\s:,[{-]?$/.test(before[index - 1] ?? "")) {
      quote = character;
    } else if (character === "{") open.push("}");
    else if (character === "[") open.push("]");
    else if (character === "}" || character === "]") open.pop();
    else if (character === "#" && /\s/.test(before[index - 1] ?? " ")) break;
  }
  const closeQuote = quote !== "" && !after.includes(quote) ? quote : "";
  const closed = (after.match(/[}\]]/g) ?? []).length;
  const missing = open.slice(0, Math.max(0, open.length - closed)).toReversed();
  // Brackets that go on in the next line are closed there; only an end in sight is added here.
  return isBlank(after) ? closeQuote + missing.join("") : closeQuote;
}
