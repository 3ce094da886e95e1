/** `# finetune-ignore code, code` silences a line: its own when it follows text, else the next line with text. */
import { canBeSilenced } from "./codes.ts";
import type { ParsedConfig } from "./parse.ts";
import type { Problem } from "./problem.ts";

const COMMENT = /#\s*finetune-ignore(?:\s+([A-Za-z0-9-]+(?:\s*,\s*[A-Za-z0-9-]+)*))?\s*(?:$|:|#|--)/;

/** Line (1-based) → codes silenced there; an empty set silences all. */
export function ignoredCodes(text: string): ReadonlyMap<number, ReadonlySet<string>> {
  const found = new Map<number, ReadonlySet<string>>();
  if (!text.includes("finetune-ignore")) return found;
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    const match = COMMENT.exec(line.trimEnd());
    if (!match) continue;
    const codes = new Set(
      (match[1] ?? "")
        .split(",")
        .map((code) => code.trim())
        .filter(Boolean),
    );
    let target = index;
    if (line.trimStart().startsWith("#")) {
      target++;
      while (target < lines.length && /^\s*(#|$)/.test(lines[target] ?? "")) target++;
    }
    found.set(target + 1, codes);
  }
  return found;
}

/** False for a problem that a comment of the file silences. */
export function isHeard(
  problem: Problem,
  parsed: ParsedConfig,
  ignored: ReadonlyMap<number, ReadonlySet<string>>,
): boolean {
  if (ignored.size === 0 || problem.file !== undefined || !canBeSilenced(problem.code)) return true;
  const span = problem.span ?? parsed.nearestSpan(problem.path, problem.at);
  const codes = ignored.get(parsed.lineAt(span.start));
  return codes === undefined || (codes.size > 0 && !codes.has(problem.code));
}
