/**
 * A tab cannot indent YAML. One tab must not cost the reader the rest of the file, so indentation is
 * repaired before parsing, and every offset is mapped back to the text as it was written.
 */

interface Repaired {
  readonly text: string;
  /** Offsets of the tabs in the original text. */
  readonly tabs: readonly number[];
  /** From an offset in the repaired text to the original one, and back. */
  readonly toOriginal: (offset: number) => number;
  readonly toRepaired: (offset: number) => number;
}

const same = (offset: number): number => offset;

/** Replaces every tab in leading white space by two spaces, where `wanted`. */
export function repairTabs(text: string, wanted: boolean): Repaired {
  if (!wanted || !text.includes("\t")) return { text, tabs: [], toOriginal: same, toRepaired: same };
  const tabs: number[] = [];
  for (const match of text.matchAll(/^[ \t]*\t[ \t]*(?=[^\s#])/gm)) {
    for (let at = match.index; at < match.index + match[0].length; at++) {
      if (text[at] === "\t") tabs.push(at);
    }
  }
  if (tabs.length === 0) return { text, tabs, toOriginal: same, toRepaired: same };
  let repaired = "";
  let from = 0;
  for (const tab of tabs) {
    repaired += `${text.slice(from, tab)}  `;
    from = tab + 1;
  }
  repaired += text.slice(from);
  // The nth tab stands one character further right in the repaired text for each tab before it.
  const before = (offset: number, shift: 0 | 1): number => {
    let low = 0;
    let high = tabs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tabs[middle] ?? 0) + middle * shift < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    text: repaired,
    tabs,
    toOriginal: (offset) => offset - before(offset, 1),
    toRepaired: (offset) => offset + before(offset, 0),
  };
}
