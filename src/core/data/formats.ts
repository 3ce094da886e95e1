/** The formats of rows, typed from the table that both readers share. */
import type { DataFormat } from "../run/plan.ts";
import table from "./formats.json" with { type: "json" };

/** What a file can turn out to be; `tokens`: rows that a tokenizer made. */
export type FoundFormat = Exclude<DataFormat, "auto"> | "tokens";

/** Role in the format → column of the file. */
export type RoleColumns = Readonly<Record<string, string>>;

export interface FormatRule {
  readonly format: FoundFormat;
  /** Role → names of columns, best first. */
  readonly required: Readonly<Record<string, readonly string[]>>;
  readonly optional: Readonly<Record<string, readonly string[]>>;
}

// The file is ours and a test checks each name in it; JSON types are too wide for the union.
export const FORMAT_RULES = table.formats as unknown as readonly FormatRule[];

/** Every role that `dataset.columns` may name, common ones first. */
export const COLUMN_ROLES: readonly string[] = [
  ...new Set(
    FORMAT_RULES.toReversed().flatMap((rule) => Object.keys({ ...rule.required, ...rule.optional })),
  ),
];

/** sharegpt is messages with other names of keys. */
export const rulesFor = (format: FoundFormat): readonly FormatRule[] =>
  FORMAT_RULES.filter((rule) => rule.format === (format === "sharegpt" ? "messages" : format));

export const MEDIA_COLUMNS: readonly string[] = table.media;
export const ROLE_KEYS: readonly string[] = table.message.role;
export const CONTENT_KEYS: readonly string[] = table.message.content;

export type MessageRole = "system" | "user" | "assistant" | "tool";

const ALIASES: ReadonlyMap<string, MessageRole> = new Map(
  (["system", "user", "assistant", "tool"] as const).flatMap((role) =>
    table.roles[role].map((alias): [string, MessageRole] => [alias, role]),
  ),
);

/** "human" → user, "GPT" → assistant; undefined for a role that stands for none of the four. */
export const messageRole = (name: string): MessageRole | undefined => ALIASES.get(name.trim().toLowerCase());
