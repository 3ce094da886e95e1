/** Values that YAML 1.1 readers take for something else: PyYAML is one, and most training tools use it. */
import { isScalar, visit as visitTree } from "yaml";
import type { ParsedConfig } from "../parse.ts";
import { setEdit, warning, type Rule, bestFix, fix } from "../rule.ts";
import type { Problem } from "../problem.ts";

/** 010 is 10 in YAML 1.2 and 8 in YAML 1.1. */
const LEADING_ZERO = /^[-+]?0\d+$/;

function traps(parsed: ParsedConfig): Problem[] {
  const problems: Problem[] = [];
  visitTree(parsed.document, {
    Scalar(key, node) {
      if (key === "key" || typeof node.value !== "number" || node.type !== "PLAIN" || node.range == null)
        return;
      const source = parsed.source.slice(node.range[0], node.range[1]);
      if (!LEADING_ZERO.test(source) || !isScalar(node)) return;
      const { path } = parsed.pathAt(parsed.toOriginal(node.range[0]));
      const octal = /^[-+]?0[0-7]+$/.test(source) ? Number.parseInt(source, 8) : undefined;
      problems.push(
        warning("leading-zero", path, {
          message:
            octal === undefined
              ? `${source} is ${node.value} here and a text for YAML 1.1 readers.`
              : `${source} is ${node.value} here and ${octal} for YAML 1.1 readers.`,
          fixes: [
            bestFix(`Write ${node.value}`, setEdit(path, node.value)),
            ...(octal === undefined ? [] : [fix(`Write ${octal}`, setEdit(path, octal))]),
          ],
        }),
      );
    },
  });
  return problems;
}

export const yamlTraps: Rule = ({ main }) => (/(?:^|[\s,[:])[-+]?0\d/.test(main.source) ? traps(main) : []);
