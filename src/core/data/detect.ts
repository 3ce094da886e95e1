/** Which format the rows have, and which column plays which role. */
import { closest } from "../config/closest.ts";
import type { DataFormat } from "../run/plan.ts";
import type { DataCode } from "./codes.ts";
import {
  CONTENT_KEYS,
  FORMAT_RULES,
  MEDIA_COLUMNS,
  ROLE_KEYS,
  rulesFor,
  type FormatRule,
  type FoundFormat,
  type RoleColumns,
} from "./formats.ts";
import { isLabel } from "./label.ts";
import { isRecord, listOf } from "./text-value.ts";

type Values = Readonly<Record<string, unknown>>;

export interface Wanted {
  readonly format: DataFormat;
  /** What the config says: role → column. */
  readonly columns: RoleColumns;
}

export type Detection =
  | { readonly kind: "found"; readonly format: FoundFormat; readonly roles: RoleColumns }
  | { readonly kind: "problem"; readonly code: DataCode; readonly message: string };

/** Columns of the rows in order of first appearance. */
export const columnsOf = (sample: readonly Values[]): readonly string[] => [
  ...new Set(sample.flatMap((row) => Object.keys(row))),
];

export function detect(sample: readonly Values[], wanted: Wanted): Detection {
  const columns = columnsOf(sample);
  for (const [role, column] of Object.entries(wanted.columns)) {
    if (!columns.includes(column)) return unknownColumn(role, column, columns);
  }
  if (wanted.format !== "auto") {
    const roles = rolesBy(rulesFor(wanted.format), sample, wanted.columns, false)?.roles;
    return roles ? { kind: "found", format: wanted.format, roles } : missing(wanted.format, sample, columns);
  }
  const media = MEDIA_COLUMNS.find((name) => sample.some((row) => isPresent(row[name])));
  if (media !== undefined) {
    return {
      kind: "problem",
      code: "format-media",
      message: `The rows have a column ${media}: training on images, audio or video is not supported yet, only text.`,
    };
  }
  return auto(sample, wanted.columns) ?? unknown(columns);
}

function auto(
  sample: readonly Values[],
  named: RoleColumns,
): Extract<Detection, { kind: "found" }> | undefined {
  const asked = Object.keys(named);
  const fitting = FORMAT_RULES.filter((rule) =>
    asked.every((role) => Object.hasOwn(rule.required, role) || Object.hasOwn(rule.optional, role)),
  );
  const found = rolesBy(fitting, sample, named, true) ?? byShape(sample);
  if (!found) return undefined;
  const { roles } = found;
  const isShareGpt = found.format === "messages" && usesFrom(sample, roles["messages"]);
  return { kind: "found", format: isShareGpt ? "sharegpt" : found.format, roles };
}

/** The first rule whose required roles all have a column; `strict` looks at the values too. */
function rolesBy(
  rules: readonly FormatRule[],
  sample: readonly Values[],
  named: RoleColumns,
  strict: boolean,
): { format: FoundFormat; roles: RoleColumns } | undefined {
  const column = (role: string, names: readonly string[], check: boolean): string | undefined => {
    const fits = (name: string) =>
      sample.some((row) => isPresent(row[name]) && (!check || couldBe(role, row[name])));
    return named[role] ?? names.find(fits);
  };
  for (const { format, required, optional } of rules) {
    const needed = Object.entries(required).map(
      ([role, names]) => [role, column(role, names, strict)] as const,
    );
    if (needed.some(([, name]) => name === undefined)) continue;
    const taken = new Set(needed.map(([, name]) => name));
    const extra = Object.entries(optional)
      .map(([role, names]) => [role, column(role, names, false)] as const)
      .filter(([, name]) => name !== undefined && !taken.has(name));
    return { format, roles: Object.fromEntries([...needed, ...extra]) as RoleColumns };
  }
  return undefined;
}

/** No known names: a lone list of messages, or a lone column of text. */
function byShape(sample: readonly Values[]): { format: FoundFormat; roles: RoleColumns } | undefined {
  const columns = columnsOf(sample);
  const chats = columns.filter((name) => sample.some((row) => couldBe("messages", row[name])));
  if (chats.length === 1 && chats[0] !== undefined)
    return { format: "messages", roles: { messages: chats[0] } };
  const [only] = columns;
  const isText = only !== undefined && sample.some((row) => typeof row[only] === "string");
  return columns.length === 1 && isText ? { format: "text", roles: { text: only } } : undefined;
}

const isPresent = (value: unknown): boolean => value !== null && value !== undefined;

function couldBe(role: string, value: unknown): boolean {
  switch (role) {
    case "messages":
      return listOf(value)?.some(isMessage) ?? false;
    case "label":
      return isLabel(value);
    case "input_ids":
      return listOf(value) !== undefined;
    default:
      return true;
  }
}

const isMessage = (value: unknown): boolean =>
  isRecord(value) &&
  ROLE_KEYS.some((key) => typeof value[key] === "string") &&
  (CONTENT_KEYS.some((key) => Object.hasOwn(value, key)) || Object.hasOwn(value, "tool_calls"));

function usesFrom(sample: readonly Values[], column: string | undefined): boolean {
  if (column === undefined) return false;
  for (const row of sample) {
    const first = listOf(row[column])?.find(isMessage);
    if (isRecord(first)) return typeof first["role"] !== "string";
  }
  return false;
}

function unknownColumn(role: string, column: string, columns: readonly string[]): Detection {
  const guess = closest(column, columns);
  const hint = guess === undefined ? `the columns are ${listed(columns)}` : `did you mean ${guess}?`;
  return {
    kind: "problem",
    code: "column-unknown",
    message: `No row has the column ${column} that columns.${role} names: ${hint}${guess === undefined ? "." : ""}`,
  };
}

function missing(format: FoundFormat, sample: readonly Values[], columns: readonly string[]): Detection {
  const needs = rulesFor(format).map((rule) => Object.keys(rule.required).join(" and "));
  const likely = auto(sample, {})?.format;
  const hint = likely && likely !== format ? ` They look like ${likely}: use format: auto.` : "";
  return {
    kind: "problem",
    code: "columns-missing",
    message: `The format ${format} needs ${needs.join(", or ")}; the columns are ${listed(columns)}.${hint}`,
  };
}

const unknown = (columns: readonly string[]): Detection => ({
  kind: "problem",
  code: "format-unknown",
  message: `No format fits the columns ${listed(columns)}. Say which is which, for example columns: {prompt: ${columns[0] ?? "a"}, completion: ${columns[1] ?? "b"}}.`,
});

const MOST_NAMES = 12;
const listed = (names: readonly string[]): string =>
  names.slice(0, MOST_NAMES).join(", ") + (names.length > MOST_NAMES ? `, … (${names.length})` : "");
