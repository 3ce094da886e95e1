/** What the YAML parser found, said in a sentence that names the place and the way out. */
import type { LineCounter, YAMLError } from "yaml";
import type { Fix, Problem, Span } from "./problem.ts";

const escapes = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^xuU])|\\[xuU]/g;

/** A double-quoted text rewritten so that each backslash is a backslash. */
function literalBackslashes(quoted: string): Fix[] | undefined {
  const inner = /^"([^"\n]*)"$/.exec(quoted)?.[1];
  if (inner === undefined) return undefined;
  const single = `'${inner.replaceAll("'", "''")}'`;
  const forward = `"${inner.replaceAll(/\\+/g, "/")}"`;
  const whole = { start: 0, end: quoted.length };
  return [
    {
      title: "Use single quotes",
      preferred: true,
      edits: [{ kind: "text", span: whole, text: single }],
    },
    { title: "Use forward slashes", edits: [{ kind: "text", span: whole, text: forward }] },
  ];
}

function quotedAround(text: string, at: number): Span | undefined {
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const start = text.lastIndexOf('"', at);
  if (start < lineStart) return undefined;
  const end = text.indexOf('"', at + 1);
  const lineEnd = text.indexOf("\n", at);
  if (end < 0 || (lineEnd >= 0 && end > lineEnd)) return undefined;
  return { start, end: end + 1 };
}

function badEscape(text: string, at: Span): Problem {
  const span = quotedAround(text, at.start);
  const quoted = span ? text.slice(span.start, span.end) : "";
  const bad = [...quoted.matchAll(escapes)].find(
    ([found]) => !/^\\[0abt\tnvfre "/\\N_LPxuU]/.test(found) || /^\\[xuU]$/.test(found),
  );
  const digits = { "\\x": 2, "\\u": 4, "\\U": 8 }[bad?.[0] ?? ""];
  const why = bad
    ? digits
      ? `${bad[0]} needs ${digits} hexadecimal digits after it`
      : `${bad[0]} is not an escape that YAML knows`
    : "this one is not an escape that YAML knows";
  const fixes = span
    ? literalBackslashes(quoted)?.map((fix) => ({
        ...fix,
        edits: fix.edits.map((edit) => (edit.kind === "text" ? { ...edit, span } : edit)),
      }))
    : undefined;
  return {
    code: "bad-escape",
    severity: "error",
    message: `A backslash starts an escape inside double quotes, and ${why}. Use single quotes, or forward slashes in a path.`,
    path: [],
    span: span ?? at,
    ...(fixes ? { fixes } : {}),
  };
}

const lineOf = (lines: LineCounter, offset: number): number => lines.linePos(offset).line;

function sentence(error: YAMLError, text: string, at: Span, lines: LineCounter): string {
  const line = lineOf(lines, at.start);
  switch (error.code) {
    case "BAD_INDENT":
      return text.slice(at.start - 1, at.end + 1).match(/[[{]/) || /Flow/.test(error.message)
        ? `A bracket opened before line ${line} is not closed. Close it, or indent line ${line} below it.`
        : `Line ${line} is indented differently from the keys beside it. Keys of one section start in the same column.`;
    case "MISSING_CHAR":
      if (/quote/.test(error.message)) return "A quote is opened and never closed.";
      if (/map values/.test(error.message)) {
        return `"${text.slice(at.start, at.end).trim()}" is a key without a value. Write a colon and a space after it.`;
      }
      return `A character is missing on line ${line}: ${error.message.split(" at line")[0]}.`;
    case "BLOCK_AS_IMPLICIT_KEY":
      return "Two colons on one line: a value that holds a colon and a space needs quotes.";
    case "MULTILINE_IMPLICIT_KEY":
      return `Line ${line} is not a key with a value. Write "key: value" with a space after the colon.`;
    case "BAD_SCALAR_START":
      return `A value cannot start with ${text[at.start] ?? "this character"} unless it is in quotes.`;
    case "UNEXPECTED_TOKEN":
      return 'This does not fit here. A list starts on its own line, one "- item" a line.';
    case "TAB_AS_INDENT":
      return "A tab cannot indent YAML. Use two spaces.";
    default:
      return `This is not valid YAML: ${(error.message.split(" at line")[0] ?? "").replace(/\s+/g, " ").trim()}.`;
  }
}

/**
 * One problem for the first fault of each kind of place; what the parser says about the rest of a line
 * that it has already refused, or about everything below an unclosed bracket, follows from it.
 */
export function syntaxProblems(errors: readonly YAMLError[], text: string, lines: LineCounter): Problem[] {
  const problems: Problem[] = [];
  let refusedLine = 0;
  for (const error of errors) {
    const start = Math.min(error.pos[0], text.length);
    const at = { start, end: Math.max(start, Math.min(error.pos[1], text.length)) };
    const line = lineOf(lines, at.start);
    if (line <= refusedLine) continue;
    refusedLine = Math.max(line, lineOf(lines, at.end));
    if (error.code === "BAD_DQ_ESCAPE") {
      problems.push(badEscape(text, at));
      // The quote was read to its end wherever that is: the errors on the same line follow from it.
      continue;
    }
    if (error.code === "MULTIPLE_DOCS") {
      problems.push({
        code: "several-documents",
        severity: "error",
        message:
          "A config is one YAML document. Everything below this line is ignored; remove it or move it to its own file.",
        path: [],
        span: at,
      });
      break;
    }
    problems.push({
      code: error.code === "TAB_AS_INDENT" ? "tab-indent" : "yaml-syntax",
      severity: "error",
      message: sentence(error, text, at, lines),
      path: [],
      span: at.end > at.start ? at : { start: at.start, end: Math.min(text.length, at.start + 1) },
    });
  }
  return problems;
}
