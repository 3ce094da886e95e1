/** Values as YAML text. */
import { stringify } from "yaml";
import { isMapping } from "../value.ts";

const OPTIONS = { version: "1.2", lineWidth: 0, defaultStringType: "PLAIN" } as const;

/** Words that YAML 1.1 readers take for something else are quoted, whoever reads the file next. */
const AMBIGUOUS =
  /^(y|yes|n|no|on|off|true|false|null|~|[-+]?[\d_.,:]+|0o?\d+|\d{4}-\d\d-\d\d.*|[-+]?[\d.]+e[-+]?\d+)$/i;

function scalar(value: unknown, flow: boolean): string {
  if (typeof value === "string") {
    if (AMBIGUOUS.test(value)) return JSON.stringify(value);
    // Inside single quotes a backslash is a backslash: the usual case is a Windows path.
    if (value.includes("\\") && !/[\n\t]/.test(value)) return `'${value.replaceAll("'", "''")}'`;
    if (flow && /[,[\]{}#&*!|>'"%@`]|: |:$/.test(value)) return JSON.stringify(value);
    if (value.includes("\n")) return JSON.stringify(value);
  }
  // Whole numbers and short decimals without an exponent: every YAML reader agrees on them.
  if (typeof value === "number" && Number.isFinite(value)) return decimal(value);
  return stringify(value, OPTIONS).trimEnd();
}

/** 0.00002, not 2e-5. */
function decimal(value: number): string {
  const text = String(value);
  const [, sign = "", lead = "", rest = "", exponent = ""] = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text) ?? [];
  return exponent === "" ? text : `${sign}0.${"0".repeat(Number(exponent) - 1)}${lead}${rest}`;
}

/** On one line, for flow style and for short lists. */
export function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item: unknown) => inFlow(item)).join(", ")}]`;
  if (isMapping(value)) {
    const pairs = Object.entries(value).map(([key, each]) => `${scalar(key, true)}: ${inFlow(each)}`);
    return `{${pairs.join(", ")}}`;
  }
  return scalar(value, false);
}

const inFlow = (value: unknown): string =>
  typeof value === "object" && value !== null ? flowText(value) : scalar(value, true);

const isPlain = (value: unknown): boolean => typeof value !== "object" || value === null;

/** Lines of `key: value` in block style, without indentation on the first line. */
export function blockLines(key: string, value: unknown): string[] {
  const name = scalar(key, false);
  if (isPlain(value) || (Array.isArray(value) && value.every(isPlain)))
    return [`${name}: ${flowText(value)}`];
  if (Array.isArray(value)) {
    return [`${name}:`, ...value.map((item: unknown) => `  - ${flowText(item)}`)];
  }
  const entries = isMapping(value) ? Object.entries(value) : [];
  if (entries.length === 0) return [`${name}: {}`];
  return [
    `${name}:`,
    ...entries.flatMap(([inner, each]) => blockLines(inner, each).map((line) => `  ${line}`)),
  ];
}
