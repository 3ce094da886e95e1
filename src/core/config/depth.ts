/** Brackets, dashes and indentation deeper than this are no config: reading them recurses once a level. */
const DEEPEST = 64;
const WIDEST_INDENT = 500;

/**
 * True for a text that nests without end. Brackets inside texts are counted too: an unbalanced
 * sixty-four of them in a prompt would be a strange prompt.
 */
export function nestsWithoutEnd(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "[" || character === "{") depth++;
    else if ((character === "]" || character === "}") && depth > 0) depth--;
    if (depth > DEEPEST) return true;
  }
  return (
    new RegExp(`^ {${WIDEST_INDENT}}`, "m").test(text) ||
    new RegExp(`^ *(?:[-?] +){${DEEPEST}}`, "m").test(text)
  );
}
