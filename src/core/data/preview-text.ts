/** A preview as text with marks in the margin. */
import { learntTurns, type Learnt, type RowPreview } from "./preview.ts";

const LEARNT = "▌";
const WIDTH = 80;
const MOST_LINES = 8;

/**
 * Lines of fixed width: `▌` stands before what is learnt.
 *
 * ```
 *   user       Which bin is for glass?
 * ▌ assistant  The green one.
 * ```
 */
export function previewLines(preview: RowPreview, learnt: Learnt): string[] {
  const width = Math.max(...preview.turns.map(({ speaker }) => speaker.length), 0);
  const learnts = learntTurns(preview, learnt);
  return preview.turns.flatMap(({ speaker, text }, index) => {
    const mark = learnts[index] === true ? LEARNT : " ";
    return shown(text).map((line, at) =>
      `${mark} ${(at === 0 ? speaker : "").padEnd(width)}  ${line}`.trimEnd(),
    );
  });
}

function shown(text: string): string[] {
  const lines = text.split(/\r?\n/).flatMap(folded);
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES - 1), "…"];
}

/** Broken at spaces where there are any. */
function folded(line: string): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > WIDTH) {
    const space = rest.lastIndexOf(" ", WIDTH);
    const end = space > WIDTH / 2 ? space : WIDTH;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
