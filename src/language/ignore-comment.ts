import type { Span } from "../core/config/problem.ts";
import { lineAt } from "./block.ts";

/** The change that silences `code` on the line at `offset`: a comment at its end, or one code more in the one there. */
export function ignoreEdit(
  text: string,
  offset: number,
  code: string,
): { readonly span: Span; readonly text: string } {
  const line = lineAt(text, offset);
  const content = text.slice(line.start, line.end);
  const known = /#\s*finetune-ignore((?:\s+|\s*,\s*)[A-Za-z0-9-]+)+/.exec(content);
  if (known) {
    const end = line.start + known.index + known[0].length;
    return { span: { start: end, end }, text: `, ${code}` };
  }
  const comment = /(?:^|\s)(#.*)$/.exec(content);
  const insideQuotes = comment && /^[^"']*(?:"[^"]*$|'[^']*$)/.test(content.slice(0, comment.index));
  if (comment && !insideQuotes) {
    // Another comment stays behind ours: codes end where text begins.
    const start = line.start + content.length - (comment[1] ?? "").length;
    return { span: { start, end: start }, text: `# finetune-ignore ${code} ` };
  }
  const end = line.start + content.trimEnd().length;
  return { span: { start: end, end: line.end }, text: `  # finetune-ignore ${code}` };
}
