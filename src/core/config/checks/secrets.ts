import { isPair, visit as visitTree, type Scalar } from "yaml";
import type { Fix, Problem, Span } from "../problem.ts";
import type { ParsedConfig } from "../parse.ts";
import { partialSecretFix, removalFix, wholeSecretFix } from "../secret-fixes.ts";
import { findSecret, isSecretKey, secretShape, type FoundSecret } from "../secrets.ts";
import { error, type Rule } from "../rule.ts";
import { keyText } from "../locate.ts";

type Range = readonly [start: number, end: number];

const ADDRESS = "a password in an address";

/** Texts of one file that look like a secret, wherever they stand; a key that is reported by name is left out. */
function secretsIn(parsed: ParsedConfig): Problem[] {
  const problems: Problem[] = [];
  const texts: Range[] = [];
  visitTree(parsed.document, {
    Scalar(role, node, ancestors) {
      if (typeof node.value !== "string" || node.range == null) return;
      const found = findSecret(node.value);
      if (found === undefined) return;
      texts.push([node.range[0], node.range[1]]);
      const pair = ancestors.at(-1);
      if (isPair(pair) && pair.value === node && isSecretKey(keyText(pair) ?? "")) return;
      const span = originalSpan(parsed, node.range[0], node.range[1]);
      const { path } = parsed.pathAt(span.start);
      problems.push({
        ...error("secret-in-file", path, words(found)),
        fixes: fixes(parsed, node, found, role),
      });
    },
  });
  return [...problems, ...commentedSecrets(parsed, texts)];
}

const words = ({ what }: FoundSecret): { message: string } => ({
  message: `This looks like ${what}. Tokens do not belong in files: this one goes to git. Make a new one if it has been there.`,
});

const originalSpan = (parsed: ParsedConfig, start: number, end: number): Span => ({
  start: parsed.toOriginal(start),
  end: parsed.toOriginal(end),
});

function fixes(parsed: ParsedConfig, node: Scalar, found: FoundSecret, role: unknown): Fix[] {
  const [start, end] = node.range ?? [0, 0];
  const whole = originalSpan(parsed, start, end);
  const { path } = parsed.pathAt(whole.start);
  const at = parsed.source.slice(start, end).indexOf(found.text);
  const part = at < 0 ? null : originalSpan(parsed, start + at, start + at + found.text.length);
  if (found.what === ADDRESS && part !== null) {
    // From behind the slashes to the @: the address stays.
    const span = { start: part.start + "://".length, end: part.end };
    return [removalFix("Take name and password out of the address", { kind: "text", span, text: "" })];
  }
  if (role !== "key" && path.length > 0 && String(node.value).trim() === found.text.trim())
    return [wholeSecretFix(path)];
  if (part === null || path.length === 0)
    return [removalFix("Remove the text", { kind: "text", span: whole, text: '""' })];
  // A key that is a token: the line goes. A text with a token in it: the rest stays.
  const edit =
    role === "key" ? { kind: "delete" as const, path } : { kind: "text" as const, span: part, text: "" };
  return [partialSecretFix(path, part, [edit])];
}

/** Comments go to git and into run folders like everything else. */
function commentedSecrets(parsed: ParsedConfig, texts: readonly Range[]): Problem[] {
  const problems: Problem[] = [];
  let start = 0;
  for (const line of parsed.source.split("\n")) {
    const found = findSecret(line);
    const at = found === undefined ? -1 : start + line.indexOf(found.text);
    if (
      found !== undefined &&
      /(?:^|\s)#/.test(line.slice(0, at - start)) &&
      !texts.some(([a, b]) => at >= a && at < b)
    ) {
      const span = originalSpan(parsed, at, at + found.text.length);
      const edits = [{ kind: "text" as const, span, text: "" }];
      const fix =
        found.what === ADDRESS
          ? removalFix("Take it out of the comment", ...edits)
          : partialSecretFix([], span, edits);
      problems.push({ ...error("secret-in-file", [], words(found)), span, fixes: [fix] });
    }
    start += line.length + 1;
  }
  return problems;
}

export const secrets: Rule = ({ resolution }) =>
  resolution.chain.flatMap(({ path, parsed }, index) =>
    // Cheap first: a file without any of the shapes is not walked.
    secretShape(parsed.text) === undefined
      ? []
      : secretsIn(parsed).map((problem) => {
          if (index === 0) return problem;
          const { fixes: _, ...rest } = problem;
          return { ...rest, file: path, span: problem.span ?? parsed.nearestSpan(problem.path) };
        }),
  );
