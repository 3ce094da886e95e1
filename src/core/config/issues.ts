/** What the schema refuses, in our words: the key, what it takes, what was found, and the way out. */
import type { z } from "zod";
import { closest } from "./closest.ts";
import { keyAt, type KeyNode } from "./keys.ts";
import type { ConfigPath, Fix, Problem } from "./problem.ts";
import { shown } from "./secrets.ts";
import { meantValue, switchOf } from "./synonyms.ts";
import { at, isMapping, keyOf } from "./value.ts";

type Issue = z.core.$ZodIssue;

/** The deepest places that an issue is about: a union's own message says nothing, its best branch does. */
function places(issue: Issue, above: ConfigPath, value: unknown): ConfigPath[] {
  const here: ConfigPath = [...above, ...issue.path.filter((step) => typeof step !== "symbol")];
  if (issue.code !== "invalid_union") return [here];
  const found = at(value, here);
  // A branch of the right shape complains about something inside; the others about the value as a whole.
  const inner = issue.errors.find(
    (branch) =>
      branch.length > 0 && branch.every((each) => each.path.length > 0) && typeof found === "object",
  );
  return inner ? inner.flatMap((each) => places(each, here, value)) : [here];
}

const set = (title: string, path: ConfigPath, value: unknown, preferred = true): Fix => ({
  title,
  edits: [{ kind: "set", path, value }],
  preferred,
});

/** "1_000", " 5 " and "1e3" as a number; undefined for anything that is no number. */
function numberIn(text: string): number | undefined {
  const plain = text
    .trim()
    .replaceAll(/(?<=\d)_(?=\d)/g, "")
    .replaceAll(/(?<=\d),(?=\d{3}\b)/g, "");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : undefined;
}

type Found = Omit<Problem, "path" | "severity">;

function aboutText(key: KeyNode, path: ConfigPath, value: string): Found | undefined {
  const number = key.accepts.has("number") || key.accepts.has("whole") ? numberIn(value) : undefined;
  if (number !== undefined) {
    const why = /_|,/.test(value) ? "YAML 1.2 reads it as text" : "the quotes make it a text";
    return {
      code: "number-as-text",
      message: `${key.name} takes ${key.takes}; ${shown(value)} is a text: ${why}.`,
      fixes: [set(`Write ${number}`, path, number)],
    };
  }
  const flag = key.accepts.has("flag") ? switchOf(value) : undefined;
  if (flag !== undefined) {
    return {
      code: "boolean-as-text",
      message: `${key.name} takes ${key.takes}; ${shown(value)} is a text in YAML 1.2.`,
      fixes: [set(`Write ${flag}`, path, flag)],
    };
  }
  if (key.accepts.has("list") && !key.accepts.has("text")) {
    const items = value.split(/[,\s]+/).filter(Boolean);
    const allowed =
      key.values.length === 0 ||
      items.every((item) => key.values.includes(item) || key.path === "lora.target_modules");
    if (items.length > 0 && allowed && meantValue(key.path, value) === undefined && !near(key, value)) {
      return {
        code: "wrong-type",
        message: `${key.name} takes ${key.takes}; this is the text ${shown(value)}.`,
        fixes: [set("Make it a list", path, items)],
      };
    }
  }
  return undefined;
}

const near = (key: KeyNode, value: unknown): string | undefined =>
  typeof value === "string"
    ? closest(
        value,
        key.values.filter((each) => typeof each === "string"),
      )
    : undefined;

function aboutWords(key: KeyNode, path: ConfigPath, value: unknown): Found | undefined {
  if (key.values.length === 0 || typeof value === "object") return undefined;
  const meant = meantValue(key.path, value) ?? near(key, value);
  const known = meant === undefined ? "" : ` Did you mean ${String(meant)}?`;
  return {
    code: "not-allowed-value",
    message: `${key.name} takes ${key.takes}; this is ${shown(value)}.${known}`,
    ...(meant === undefined
      ? {}
      : { fixes: [set(`Use ${meant === "no" ? '"no"' : String(meant)}`, path, meant)] }),
  };
}

function aboutNumber(key: KeyNode, path: ConfigPath, value: number): Found {
  if (key.accepts.has("text") && !key.accepts.has("number") && !key.accepts.has("whole")) {
    return {
      code: "text-as-number",
      message: `${key.name} takes ${key.takes}; ${value} is a number. Put it in quotes.`,
      fixes: [set("Put it in quotes", path, String(value))],
    };
  }
  if (!key.accepts.has("number") && !key.accepts.has("whole")) {
    return { code: "wrong-type", message: `${key.name} takes ${key.takes}; this is ${value}.` };
  }
  const unset =
    value <= 0 &&
    /^training\.(max_steps|num_train_epochs|save_steps|eval_steps|save_total_limit|save_minutes)$/.test(
      key.path,
    );
  return {
    code: "out-of-range",
    message: unset
      ? `${key.name} takes ${key.takes}; ${value} means "not set" elsewhere. Leave the line out.`
      : `${key.name} takes ${key.takes}; this is ${value}.`,
    ...(unset
      ? { fixes: [{ title: "Remove it", edits: [{ kind: "delete", path }], preferred: true } as const] }
      : {}),
  };
}

/** The key that a path is about; an item of a list is about the list's key. */
function keyFor(path: ConfigPath): KeyNode | undefined {
  for (let end = path.length; end > 0; end--) {
    const key = keyAt(keyOf(path.slice(0, end)));
    if (key !== undefined) return key;
  }
  return undefined;
}

function describe(path: ConfigPath, value: unknown): Found {
  const key = keyFor(path);
  if (key === undefined)
    return { code: "wrong-type", message: `This value does not fit here: ${shown(value)}.` };
  if (key.path === "lora.target_modules" && path.length > 2 && value === "all-linear") {
    return {
      code: "all-linear-in-list",
      message: "all-linear is a value of its own, not an item of a list.",
      fixes: [set("Use all-linear alone", path.slice(0, 2), "all-linear")],
    };
  }
  if (typeof value === "string") {
    const found = aboutText(key, path, value);
    if (found !== undefined) return found;
  }
  if (typeof value === "number" && key.values.length === 0) return aboutNumber(key, path, value);
  if (typeof value === "number" && (key.accepts.has("number") || key.accepts.has("whole")))
    return aboutNumber(key, path, value);
  const words = aboutWords(key, path, value);
  if (words !== undefined) return words;
  if (Array.isArray(value) && value.length === 1 && !key.accepts.has("list")) {
    return {
      code: "wrong-type",
      message: `${key.name} takes ${key.takes}, not a list.`,
      fixes: [set("Take it out of the list", path, value[0])],
    };
  }
  if (typeof value === "string" && key.accepts.has("text")) {
    return { code: "not-allowed-value", message: `${key.name} takes ${key.takes}; this is ${shown(value)}.` };
  }
  const list =
    key.accepts.has("list") &&
    !Array.isArray(value) &&
    !isMapping(value) &&
    value !== null &&
    path.length === keyOf(path).split(".").length;
  return {
    code: "wrong-type",
    message: `${key.name} takes ${key.takes}; this is ${shown(value)}.`,
    ...(list ? { fixes: [set("Make it a list", path, [value])] } : {}),
  };
}

/** One problem for each place that the schema refuses; `value` is what was validated. */
export function schemaProblems(issues: readonly Issue[], value: unknown): Problem[] {
  const seen = new Map<string, Problem>();
  for (const issue of issues) {
    for (const path of places(issue, [], value)) {
      const key = path.join("\u0000");
      if (seen.has(key)) continue;
      seen.set(key, { severity: "error", path, at: "value", ...describe(path, at(value, path)) });
    }
  }
  return [...seen.values()];
}
