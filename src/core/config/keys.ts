/** The tree of keys, derived from the schema: what may stand where, and what it takes. */
import * as z from "zod";
import { configSchema } from "./schema.ts";

export interface KeyNode {
  /** "training.learning_rate"; lists add nothing. */
  readonly path: string;
  readonly name: string;
  /** What the key takes, as the end of the sentence "learning_rate takes …". */
  readonly takes: string;
  /** The words and switches that are allowed; empty when the value is free. */
  readonly values: readonly (string | boolean)[];
  /** "text" is free text; a key with fixed words only does not accept it. */
  readonly accepts: ReadonlySet<"text" | "number" | "whole" | "flag" | "list" | "section">;
  /** Keys of a section, or of each item of a list of sections. Undefined: no section, or one with free keys. */
  readonly children: ReadonlyMap<string, KeyNode> | undefined;
}

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** JSON schema (draft 7) of the config, without texts. */
export const rawJsonSchema = (): JsonSchema =>
  z.toJSONSchema(configSchema, { target: "draft-7", io: "input" });

const isSchema = (schema: unknown): schema is JsonSchema => typeof schema === "object" && schema !== null;

/** The alternatives of a schema, flat, without the null that every key accepts. */
function alternatives(schema: JsonSchema): JsonSchema[] {
  // zod writes a flag that may be empty as one type list, the others as anyOf.
  const types: unknown = schema.type;
  if (Array.isArray(types)) return types.flatMap((type) => alternatives({ ...schema, type }));
  const inner = schema.anyOf ?? schema.oneOf;
  if (!inner || schema.description !== undefined) return schema.type === "null" ? [] : [schema];
  return inner.filter(isSchema).flatMap(alternatives);
}

/** A limit that somebody chose; zod gives whole numbers the limits of the type. */
const real = (limit: unknown): limit is number =>
  typeof limit === "number" && Math.abs(limit) < Number.MAX_SAFE_INTEGER;

function numberText(schema: JsonSchema): string {
  const what = schema.type === "integer" ? "a whole number" : "a number";
  const parts: string[] = [];
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  if (real(exclusiveMinimum)) parts.push(`above ${exclusiveMinimum}`);
  else if (real(minimum)) parts.push(`from ${minimum}`);
  if (real(exclusiveMaximum)) parts.push(`below ${exclusiveMaximum}`);
  else if (real(maximum)) parts.push(`up to ${maximum}`);
  return [what, parts.join(" and ")].filter(Boolean).join(" ");
}

/** "a", "a or b", "a, b or c". */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;

/** More words than this are not listed in a sentence; completion and hover show them all. */
const MOST_WORDS = 8;

const shortened = (words: readonly string[]): string[] =>
  words.length <= MOST_WORDS ? [...words] : [...words.slice(0, 5), `one of ${words.length - 5} others`];

/** "a list of texts"; a list of the words that are named already is just a list of them. */
function listText(list: JsonSchema, words: readonly string[]): string {
  const items = isSchema(list.items) && !Array.isArray(list.items) ? alternatives(list.items) : [];
  if (items.every((item) => item.type === "string" && item.enum === undefined)) return "a list of texts";
  if (words.length > 0 && items.some((item) => item.enum !== undefined)) return "a list of them";
  if (items.some((item) => item.properties)) return "a list of sections";
  return `a list, each item ${takes(items)}`;
}

function takes(options: readonly JsonSchema[]): string {
  const words = shortened(options.flatMap(wordsOf).map(String));
  const others = options
    .filter((option) => wordsOf(option).length === 0 || option.type === "boolean")
    .map((option) => {
      if (option.description !== undefined) return option.description;
      if (option.type === "number" || option.type === "integer") return numberText(option);
      if (option.type === "string") return "a text";
      if (option.type === "boolean") return "";
      if (option.type === "array") return listText(option, words);
      return option.additionalProperties === false ? "a section" : "a section of its own keys and values";
    })
    .filter((each) => each !== "");
  return listed([...new Set([...words, ...others])]);
}

function wordsOf(schema: JsonSchema): (string | boolean)[] {
  if (schema.type === "boolean" && schema.const === undefined) return [true, false];
  const all = schema.enum ?? (schema.const === undefined ? [] : [schema.const]);
  return all.filter((each) => typeof each === "string" || typeof each === "boolean");
}

const KINDS = {
  string: "text",
  number: "number",
  integer: "whole",
  boolean: "flag",
  array: "list",
  object: "section",
} as const;

/** Words of a fixed list are no free text. */
function kindOf(schema: JsonSchema): (typeof KINDS)[keyof typeof KINDS] | undefined {
  const { type } = schema;
  if (type === "string" && wordsOf(schema).length > 0) return undefined;
  switch (type) {
    case "string":
    case "number":
    case "integer":
    case "boolean":
    case "array":
    case "object":
      return KINDS[type];
    default:
      return undefined;
  }
}

function childrenOf(path: string, options: readonly JsonSchema[]): ReadonlyMap<string, KeyNode> | undefined {
  for (const option of options) {
    if (option.properties) {
      return new Map(
        Object.entries(option.properties)
          .filter((entry): entry is [string, JsonSchema] => isSchema(entry[1]))
          .map(([name, schema]) => [name, nodeOf(path === "" ? name : `${path}.${name}`, name, schema)]),
      );
    }
    if (option.type === "array" && isSchema(option.items) && !Array.isArray(option.items)) {
      const inner = childrenOf(path, alternatives(option.items));
      if (inner) return inner;
    }
  }
  return undefined;
}

function nodeOf(path: string, name: string, schema: JsonSchema): KeyNode {
  const options = alternatives(schema);
  const values = options.flatMap((option) =>
    option.type === "array" && isSchema(option.items) && !Array.isArray(option.items)
      ? alternatives(option.items).flatMap(wordsOf)
      : wordsOf(option),
  );
  return {
    path,
    name,
    takes: takes(options),
    values: [...new Set(values)],
    accepts: new Set(options.map(kindOf).filter((kind) => kind !== undefined)),
    children: childrenOf(path, options),
  };
}

/** The root of the tree: the keys at the top of a config. */
export const ROOT: KeyNode = nodeOf("", "", rawJsonSchema());

function flatten(node: KeyNode): KeyNode[] {
  return [...(node.children?.values() ?? [])].flatMap((child) => [child, ...flatten(child)]);
}

/** Every key of the schema, sections before their keys. */
export const ALL_KEYS: readonly KeyNode[] = flatten(ROOT);

const BY_PATH: ReadonlyMap<string, KeyNode> = new Map([
  ["", ROOT] as const,
  ...ALL_KEYS.map((key) => [key.path, key] as const),
]);

/** The key documented at a dotted path without list indices. */
export const keyAt = (path: string): KeyNode | undefined => BY_PATH.get(path);

/** All keys with this name, nearest to the top first. */
export const keysNamed = (name: string): KeyNode[] => ALL_KEYS.filter((key) => key.name === name);
