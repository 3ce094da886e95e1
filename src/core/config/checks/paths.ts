/** Texts that name a file or folder. */
import { isScalar } from "yaml";
import { closest } from "../closest.ts";
import { placeOf } from "../locate.ts";
import { fileName, folderOf, hasDataExtension, isWindowsPath, looksLocal } from "../paths.ts";
import type { ConfigPath, Fix, Problem } from "../problem.ts";
import { bestFix, error, fix, setEdit, warning, type Rule, type RuleContext } from "../rule.ts";
import { textProblems } from "./path-text.ts";

interface Named {
  readonly path: ConfigPath;
  readonly text: string;
  readonly what: "model" | "data" | "template" | "reward" | "config";
}

/** Every text of the merged config that may be a place on this machine. */
function namedPaths({ draft, valueAt }: RuleContext): Named[] {
  const found: Named[] = [];
  const add = (what: Named["what"], path: ConfigPath): void => {
    const text = valueAt(path);
    if (typeof text === "string") found.push({ path, text, what });
  };
  const each = (path: ConfigPath, use: (path: ConfigPath) => void): void => {
    const value = valueAt(path);
    if (Array.isArray(value)) value.forEach((_, index) => use([...path, index]));
    else if (value !== undefined) use(path);
  };
  if (draft.model?.name !== undefined) add("model", ["model", "name"]);
  for (const section of ["dataset", "eval_dataset"]) {
    each([section], (path) => {
      add("data", [...path, "path"]);
      add("template", [...path, "chat_template"]);
    });
  }
  each(["training", "grpo", "reward_funcs"], (path) => add("reward", path));
  each(["extends"], (path) => add("config", path));
  return found;
}

/** Characters that no path has on purpose: [code, name, the escape of YAML that makes it]. */
const CONTROLS: readonly (readonly [number, string, string])[] = [
  [0x00, "a zero", "\\0"],
  [0x07, "a bell", "\\a"],
  [0x08, "a backspace", "\\b"],
  [0x09, "a tab", "\\t"],
  [0x0a, "a line break", "\\n"],
  [0x0b, "a vertical tab", "\\v"],
  [0x0c, "a form feed", "\\f"],
  [0x0d, "a carriage return", "\\r"],
  [0x1b, "an escape", "\\e"],
  [0x85, "a next-line mark", "\\N"],
  [0xa0, "a no-break space", "\\_"],
  [0x2028, "a line separator", "\\L"],
  [0x2029, "a paragraph separator", "\\P"],
];

function controlsIn(text: string): { name: string; escape: string }[] {
  const codes = [...new Set([...text].map((character) => character.charCodeAt(0)))];
  return codes.flatMap((code) => {
    const known = CONTROLS.find(([each]) => each === code);
    if (known) return [{ name: known[1], escape: known[2] }];
    return code < 0x20 || code === 0x7f ? [{ name: "a control character", escape: "\\x" }] : [];
  });
}

/** The scalar as it was written, when it is double-quoted. */
function writtenAs({ resolution }: RuleContext, path: ConfigPath): string | undefined {
  const link = resolution.chain[Math.max(0, resolution.originOf(path))];
  const node = link && placeOf(link.parsed.document, path)?.node;
  if (!isScalar(node) || node.type !== "QUOTE_DOUBLE" || node.range == null) return undefined;
  return link?.parsed.source.slice(node.range[0] + 1, node.range[1] - 1);
}

function controlCharacters(context: RuleContext, { path, text }: Named): Problem[] {
  const found = controlsIn(text);
  if (found.length === 0) return [];
  const meant = writtenAs(context, path) ?? writtenAs(context, path.slice(0, -1));
  const names = found.map(({ name }) => name);
  const escapes = found.map(({ escape }) => escape);
  const fixes: Fix[] =
    meant === undefined || /\n/.test(meant)
      ? []
      : [
          bestFix("Use single quotes", setEdit(path, meant)),
          fix("Use forward slashes", setEdit(path, meant.replaceAll(/\\+/g, "/"))),
        ];
  return [
    error("path-control-character", path, {
      message: `The text contains ${names.join(" and ")}: ${escapes.join(" and ")} ${escapes.length > 1 ? "were" : "was"} read as ${escapes.length > 1 ? "escapes" : "an escape"} inside double quotes.`,
      fixes,
    }),
  ];
}

function windowsPath({ facts, config }: RuleContext, { path, text }: Named): Problem[] {
  if (!isWindowsPath(text)) return [];
  // Local files are sent to a rented machine; only a machine that is not Windows cannot have them here.
  const elsewhere = facts.platform === "linux" || facts.platform === "darwin";
  if (!elsewhere && !(config?.compute.target === "modal" && facts.platform !== "win32")) return [];
  return [
    warning("windows-path", path, {
      message: `${text.replaceAll("\\", "/")} is a Windows path: it cannot exist ${elsewhere ? "on this machine" : "on Modal"}. A path relative to this file works everywhere.`,
    }),
  ];
}

const REWARD_FILE = /^(.*\.py)(?::[A-Za-z_]\w*)?$/;

/** The part of the text that names a file. */
function fileText({ what, text }: Named): string | undefined {
  if (what === "reward") return REWARD_FILE.exec(text)?.[1];
  if (what === "template")
    return /\.(jinja2?|j2)$/i.test(text) || /^(\.{1,2}|~)?[\\/]/.test(text) ? text : undefined;
  return what === "config" || looksLocal(text) ? text : undefined;
}

/** Could a file of this name be what was meant? */
function couldBe(what: Named["what"], name: string): boolean {
  if (what === "data") return hasDataExtension(name) || !name.includes(".");
  if (what === "template") return /\.(jinja2?|j2)$/i.test(name);
  return what === "reward" ? name.endsWith(".py") : !name.startsWith(".");
}

function missing(context: RuleContext, named: Named): Problem[] {
  const text = fileText(named);
  if (text === undefined) return [];
  const { facts, resolution } = context;
  const place = resolution.locate(named.path, text);
  const kind = facts.paths?.[place];
  if (kind === "refused") {
    return [
      warning("path-refused", named.path, {
        message: `${text} is not read here: only regular files inside the workspace are, until it is trusted.`,
      }),
    ];
  }
  if (kind !== "missing" || named.what === "config") return [];
  const beside = (facts.siblings?.[place] ?? []).filter((name) => couldBe(named.what, name));
  const like =
    closest(fileName(text), beside) ??
    beside.find((name) => name.startsWith(fileName(text).replace(/\.[^.]*$/, "")));
  const folder = text.includes("/") || text.includes("\\") ? `${folderOf(text)}/` : "";
  const suffix = named.text.slice(text.length);
  const shownNames = beside.slice(0, 4).join(", ");
  const nearest = like ? ` Did you mean ${like}?` : shownNames ? ` Beside it: ${shownNames}.` : "";
  return [
    error("file-missing", named.path, {
      message: `There is no ${text} (looked in ${folderOf(place)}).${nearest}`,
      ...(like
        ? { fixes: [bestFix(`Use ${folder}${like}`, setEdit(named.path, `${folder}${like}${suffix}`))] }
        : {}),
    }),
  ];
}

const DATA_FILE = /\.(jsonl|ndjson|json|csv|tsv|txt|md|parquet|arrow)(\.gz)?$/i;

/** A folder as data is read file by file; other kinds of file are no data at all. */
function notData({ facts, resolution }: RuleContext, { what, path, text }: Named): Problem[] {
  if (what !== "data" || !looksLocal(text)) return [];
  const kind = facts.paths?.[resolution.locate(path, text)];
  if (kind !== "file" || DATA_FILE.test(text) || /\.gz$/i.test(text)) return [];
  if (/\.(pdf|docx?|xlsx?|pptx?|zip|tar|7z|png|jpe?g|mp3|wav|mp4|py|ipynb)$/i.test(text)) {
    return [
      error("not-a-dataset", path, {
        message: `${fileName(text)} is no data file: JSON Lines, JSON, CSV, TSV, plain text and Parquet are.`,
      }),
    ];
  }
  return [];
}

export const paths: Rule = (context) =>
  namedPaths(context).flatMap((named) => {
    const control = controlCharacters(context, named);
    // What YAML made of the text is the cause; that no such file exists follows from it.
    if (control.length > 0) return control;
    const text = textProblems(named.path, named.text, named.what === "data" && looksLocal(named.text));
    if (text.length > 0) return text;
    return [...windowsPath(context, named), ...missing(context, named), ...notData(context, named)];
  });
