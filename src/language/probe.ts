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

/** What is open at the end of `before`, a piece of one line: a quote, brackets from the outside in. */
export function openAt(before: string): { quote: string; brackets: string[] } {
  let quote = "";
  const brackets: string[] = [];
  for (let index = 0; index < before.length; index++) {
    const character = before[index] ?? "";
    if (quote !== "") {
      if (character === "\\" && quote === '"') index++;
      else if (character === quote) quote = "";
    } else if ((character === '"' || character === "'") && /^[\s:,[{-]?$/.test(before[index - 1] ?? "")) {
      quote = character;
    } else if (character === "{" || character === "[") brackets.push(character);
    else if (character === "}" || character === "]") brackets.pop();
  }
  return { quote, brackets };
}

/** What has to be added behind the cursor to close what is open before it and not closed after it on its line. */
function closersFor(before: string, after: string): string {
  const { quote, brackets } = openAt(before);
  const closeQuote = after.includes(quote) ? "" : quote;
  // Brackets that go on in the next line are closed there; only an end in sight is added here.
  if (!isBlank(after)) return closeQuote;
  return (
    closeQuote +
    brackets
      .map((bracket) => (bracket === "{" ? "}" : "]"))
      .toReversed()
      .join("")
  );
}
