/** A refused value in our words: the key, what it takes, what was found, and the way out. */
import { closest } from "./closest.ts";
import type { KeyNode } from "./keys.ts";
import type { ConfigPath, Fix, Problem } from "./problem.ts";
import { MOST_ITEMS } from "./schema.ts";
import { shown } from "./secrets.ts";
import { meantValue, switchOf } from "./synonyms.ts";
import { isMapping, keyOf } from "./value.ts";

type Found = Omit<Problem, "path" | "severity">;
type Explain = (key: KeyNode, path: ConfigPath, value: unknown) => Found | undefined;

const set = (title: string, path: ConfigPath, value: unknown): Fix => ({
  title,
  edits: [{ kind: "set", path, value }],
  preferred: true,
});

const takesNumber = (key: KeyNode): boolean => key.accepts.has("number") || key.accepts.has("whole");
const isItem = (path: ConfigPath): boolean => typeof path.at(-1) === "number";

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/**
 * The number that a text means: "1_000", "1,000", "0,0002", "10 %", "$15", "2e-4,"; undefined for
 * anything else. A comma between groups of three is read by whether the key takes fractions.
 */
function numberIn(text: string, whole: boolean): number | undefined {
  const bare = text
    .trim()
    .replace(/^\$\s*/, "")
    .replace(/,$/, "")
    .replaceAll(/(?<=\d)_(?=\d)/g, "");
  const percent = /^([\d.]+)\s*%$/.exec(bare)?.[1];
  if (percent !== undefined && NUMBER.test(percent)) return Number(percent) / 100;
  const grouped = bare.replaceAll(/(?<=\d),(?=\d{3}(?:\D|$))/g, "");
  if (NUMBER.test(grouped) && (whole || !/^0?,|^0,/.test(bare))) return Number(grouped);
  const decimal = bare.replace(/^(\d*),(\d+)$/, "$1.$2");
  return NUMBER.test(decimal) ? Number(decimal) : undefined;
}

/** A key of a section with free keys, such as a role of `columns`. */
const freeKey: Explain = (key, path, value) => {
  if (
    key.children !== undefined ||
    !key.accepts.has("section") ||
    path.length <= key.path.split(".").length
  ) {
    return undefined;
  }
  if (isItem(path)) return undefined;
  const plain = typeof value === "number" || typeof value === "boolean";
  return {
    code: plain ? "text-as-number" : "wrong-type",
    message: `${key.name}.${String(path.at(-1))} takes a text; this is ${shown(value)}.`,
    ...(plain ? { fixes: [set("Put it in quotes", path, String(value))] } : {}),
  };
};

const numberAsText: Explain = (key, path, value) => {
  if (typeof value !== "string" || !takesNumber(key)) return undefined;
  const number = numberIn(value, !key.accepts.has("number"));
  if (number === undefined) return undefined;
  const why = NUMBER.test(value.trim()) ? "the quotes make it one" : "YAML 1.2 reads it as one";
  return {
    code: "number-as-text",
    message: `${key.name} takes ${key.takes}; ${shown(value)} is a text: ${why}.`,
    fixes: [set(`Write ${number}`, path, number)],
  };
};

const switchAsText: Explain = (key, path, value) => {
  if (typeof value !== "string" || !key.accepts.has("flag")) return undefined;
  const flag = switchOf(value);
  if (flag === undefined) return undefined;
  return {
    code: "boolean-as-text",
    message: `${key.name} takes ${key.takes}; ${shown(value)} is a text in YAML 1.2.`,
    fixes: [set(`Write ${flag}`, path, flag)],
  };
};

/** "1:30:00" and "4 hours" as "1h30m" and "4h". */
function durationIn(text: string): string | undefined {
  const clock = /^(\d+):(\d\d)(?::\d\d)?$/.exec(text.trim());
  const parts = clock
    ? [`${Number(clock[1])}h`, `${Number(clock[2])}m`]
    : [
        ...text
          .toLowerCase()
          .matchAll(/(\d+)\s*(days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)\b/g),
      ].map(([, amount = "", unit = ""]) => `${Number(amount)}${unit[0] ?? ""}`);
  const plain = parts.filter((part) => !part.startsWith("0")).join("");
  return plain === "" ? undefined : plain;
}

const duration: Explain = (key, path, value) => {
  if (typeof value !== "string" || !key.takes.includes("duration")) return undefined;
  const plain = durationIn(value);
  return {
    code: "not-allowed-value",
    message: `${key.name} takes ${key.takes}; this is ${shown(value)}.`,
    ...(plain === undefined ? {} : { fixes: [set(`Write ${plain}`, path, plain)] }),
  };
};

/** One text, or several with commas, where a list is meant. */
const textForList: Explain = (key, path, value) => {
  if (typeof value !== "string" || isItem(path) || !key.accepts.has("list") || key.accepts.has("text"))
    return undefined;
  if (key.children !== undefined || meantValue(key.path, value) !== undefined) return undefined;
  const items = value.split(/[,\s]+/).filter(Boolean);
  const known = key.values.filter((each) => typeof each === "string");
  const free = known.length === 0 || key.path === "lora.target_modules";
  if (items.length === 0 || !(free || (items.length > 1 && items.every((item) => known.includes(item))))) {
    return undefined;
  }
  if (items.length === 1 && closest(value, known) !== undefined) return undefined;
  return {
    code: "wrong-type",
    message: `${key.name} takes ${key.takes}; this is the text ${shown(value)}.`,
    fixes: [set("Make it a list", path, items)],
  };
};

/** The key of a section that people write alone: `save: gguf`, `compute: modal`. */
const MAIN_KEY: Readonly<Record<string, string>> = { save: "method", compute: "target", training: "method" };

const textForSection: Explain = (key, path, value) => {
  const main = MAIN_KEY[key.path];
  if (main === undefined || typeof value !== "string") return undefined;
  const words = key.children?.get(main)?.values.filter((each) => typeof each === "string") ?? [];
  const meant = closest(value, words);
  const inList = key.accepts.has("list") && !isItem(path);
  return {
    code: "wrong-type",
    message: `${key.name} takes ${key.takes}; this is the text ${shown(value)}.`,
    ...(meant === undefined
      ? {}
      : { fixes: [set(`Write ${main}: ${meant}`, path, inList ? [{ [main]: meant }] : { [main]: meant })] }),
  };
};

/** "seed:1" and "seed = 1" under a section are one text: a key needs a colon and a space. */
const missingSpace: Explain = (key, path, value) => {
  const parts = typeof value === "string" ? /^([A-Za-z_]\w*)\s*([:=])\s*(\S[^:=]*)$/.exec(value) : null;
  const [, name = "", sign, rest = ""] = parts ?? [];
  if (parts === null || !key.children?.has(name)) return undefined;
  const written = { true: true, false: false }[rest] ?? numberIn(rest, false) ?? rest;
  return {
    code: "missing-space",
    message:
      sign === "="
        ? `YAML writes ${name}: ${rest}, not ${name} = ${rest}.`
        : `${name} needs a space after its colon: without it this is the text ${shown(value)}.`,
    fixes: [set(`Write ${name}: ${rest}`, path, { [name]: written })],
  };
};

/** "2" and "0,1" where indices of GPUs are meant: a number alone is most likely how many. */
const gpuCount: Explain = (key, path, value) => {
  if (key.path !== "compute.local.gpus" || isItem(path)) return undefined;
  const text = String(value).trim();
  const listed = /^\d+(\s*[,\s]\s*\d+)+$/.test(text) ? text.split(/[,\s]+/).map(Number) : undefined;
  const count = /^[1-8]$/.test(text) ? Array.from({ length: Number(text) }, (_, index) => index) : undefined;
  const indices = listed ?? count ?? (text === "0" ? [0] : undefined);
  if (indices === undefined) return undefined;
  return {
    code: "wrong-type",
    message: `gpus takes ${key.takes}; this is ${shown(value)}.`,
    fixes: [set(`Use [${indices.join(", ")}]`, path, indices)],
  };
};

/** Values that mean "not set" in other tools. */
const UNSET =
  /^training\.(max_steps|num_train_epochs|save_steps|eval_steps|save_total_limit|save_minutes|early_stopping_patience)$/;

const outOfRange: Explain = (key, path, value) => {
  if (typeof value !== "number" || !takesNumber(key)) return undefined;
  const unset = value <= 0 && UNSET.test(key.path);
  return {
    code: "out-of-range",
    message: unset
      ? `${key.name} takes ${key.takes}; ${value} means "not set" elsewhere. Leave the line out.`
      : `${key.name} takes ${key.takes}; this is ${shown(value)}.`,
    ...(unset ? { fixes: [{ title: "Remove it", edits: [{ kind: "delete", path }], preferred: true }] } : {}),
  };
};

const word: Explain = (key, path, value) => {
  if (key.values.length === 0 || (typeof value === "object" && value !== null)) return undefined;
  const known = key.values.filter((each) => typeof each === "string");
  const meant =
    meantValue(key.path, value) ?? (typeof value === "string" ? closest(value, known) : undefined);
  return {
    code: "not-allowed-value",
    message: `${key.name} takes ${key.takes}; this is ${shown(value)}.${meant === undefined ? "" : ` Did you mean ${String(meant)}?`}`,
    ...(meant === undefined
      ? {}
      : { fixes: [set(`Use ${meant === "no" ? '"no"' : String(meant)}`, path, meant)] }),
  };
};

const numberForText: Explain = (key, path, value) => {
  if ((typeof value !== "number" && typeof value !== "boolean") || !key.accepts.has("text")) return undefined;
  return {
    code: "text-as-number",
    message: `${key.name} takes ${key.takes}; ${value} is a ${typeof value === "number" ? "number" : "switch"}. Put it in quotes.`,
    fixes: [set("Put it in quotes", path, String(value))],
  };
};

const tooMany: Explain = (key, _path, value) => {
  if (!Array.isArray(value) || !key.accepts.has("list") || value.length <= MOST_ITEMS) return undefined;
  return {
    code: "out-of-range",
    message: `${key.name} takes at most ${MOST_ITEMS} items; these are ${value.length}. A folder counts as one.`,
  };
};

const needlessList: Explain = (key, path, value) => {
  if (!Array.isArray(value) || key.accepts.has("list")) return undefined;
  const only: unknown = value.length === 1 ? value[0] : undefined;
  const fits = isMapping(only)
    ? key.accepts.has("section")
    : (typeof only === "string" && (key.accepts.has("text") || key.values.includes(only))) ||
      (typeof only === "number" && takesNumber(key));
  return {
    code: "wrong-type",
    message: `${key.name} takes ${key.takes}, not a list.`,
    ...(fits ? { fixes: [set("Take it out of the list", path, only)] } : {}),
  };
};

const plain = (key: KeyNode, path: ConfigPath, value: unknown): Found => {
  const wrap =
    key.accepts.has("list") && typeof value === "number" && !isItem(path) && keyOf(path) === key.path;
  return {
    code: typeof value === "string" && key.accepts.has("text") ? "not-allowed-value" : "wrong-type",
    message: `${key.name} takes ${key.takes}; this is ${shown(value)}.`,
    ...(wrap ? { fixes: [set("Make it a list", path, [value])] } : {}),
  };
};

/** Tried in this order; the first that knows the mistake explains it. */
const EXPLAINERS: readonly Explain[] = [
  freeKey,
  gpuCount,
  numberAsText,
  switchAsText,
  duration,
  missingSpace,
  textForSection,
  textForList,
  outOfRange,
  word,
  numberForText,
  tooMany,
  needlessList,
];

export const explainValue = (key: KeyNode, path: ConfigPath, value: unknown): Found => {
  for (const explain of EXPLAINERS) {
    const found = explain(key, path, value);
    if (found !== undefined) return found;
  }
  return plain(key, path, value);
};
