import { isPair, isScalar, visit as visitTree } from "yaml";
import type { Problem } from "../problem.ts";
import type { ParsedConfig } from "../parse.ts";
import { isSecretKey, secretShape } from "../secrets.ts";
import { error, type Rule } from "../rule.ts";
import { keyText } from "../locate.ts";

/** Texts of one file that look like a secret, wherever they stand; a key that is reported by name is left out. */
function secretsIn(parsed: ParsedConfig): Problem[] {
  const problems: Problem[] = [];
  visitTree(parsed.document, {
    Scalar(_, node, ancestors) {
      if (typeof node.value !== "string" || node.range == null) return;
      const what = secretShape(node.value);
      const pair = ancestors.at(-1);
      if (what === undefined || (isPair(pair) && pair.value === node && isSecretKey(keyText(pair) ?? "")))
        return;
      const [start, end] = node.range;
      const span = { start: parsed.toOriginal(start), end: parsed.toOriginal(end) };
      const { path } = parsed.pathAt(span.start);
      problems.push(
        error("secret-in-file", path, {
          message: `This looks like ${what}. Tokens do not belong in files: this one goes to git. Make a new one if it has been there.`,
          fixes: [
            {
              title: "Move to secret storage and remove the line",
              preferred: true,
              edits:
                isScalar(node) && path.length > 0
                  ? [{ kind: "delete", path }]
                  : [{ kind: "text", span, text: '""' }],
              command: { id: "finetune.moveSecret", args: [path.join(".")] },
            },
          ],
        }),
      );
    },
  });
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
          return { ...rest, file: path, span: parsed.nearestSpan(problem.path) };
        }),
  );
