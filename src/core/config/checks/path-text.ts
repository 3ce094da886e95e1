/** Texts for names and places that came with something that does not belong there. */
import type { ConfigPath, Problem } from "../problem.ts";
import { bestFix, error, setEdit } from "../rule.ts";

/** $HOME, ${DATA}, %USERPROFILE%: a shell would replace them, a config does not. */
const VARIABLE = /\$\{?[A-Za-z_]\w*\}?|%[A-Za-z_]\w*%/;
const CURLY = /[\u2018\u2019\u201c\u201d\u00ab\u00bb]/g;
const GLOB = /[*?]|\[[^\]]+\]/;

/** Problems of the text itself, whatever lies at the place; the first one only. */
export function textProblems(path: ConfigPath, text: string, isPath: boolean): Problem[] {
  if (text !== text.trim()) {
    return [
      error("text-has-blanks", path, {
        message: "The quotes hold a blank at the beginning or the end, which is part of the name.",
        fixes: [bestFix("Remove the blank", setEdit(path, text.trim()))],
      }),
    ];
  }
  if (CURLY.test(text)) {
    const plain = text.replaceAll(CURLY, "");
    return [
      error("curly-quotes", path, {
        message: "These quotes are letters to YAML: they are part of the name. Use straight ones, or none.",
        fixes: [bestFix("Remove them", setEdit(path, plain))],
      }),
    ];
  }
  const variable = VARIABLE.exec(text)?.[0];
  if (variable !== undefined) {
    return [
      error("path-variable", path, {
        message: `${variable} is not replaced here: a config says the same on every machine. Use a path relative to this file, or ~.`,
      }),
    ];
  }
  if (isPath && GLOB.test(text)) {
    return [
      error("path-glob", path, {
        message: "One path is one file or one folder. Name the folder, or write a list of files.",
      }),
    ];
  }
  return [];
}
