/** The JSON schema for other editors: the zod schema with the texts of `docs.ts`. */
import { describe } from "./docs.ts";
import { rawJsonSchema, type JsonSchema } from "./keys.ts";

type Json = JsonSchema & { markdownDescription?: string };

const isSchema = (schema: unknown): schema is Json =>
  typeof schema === "object" && schema !== null && !Array.isArray(schema);

function annotated(schema: Json, path: string): Json {
  const doc = path === "" ? undefined : describe(path);
  const inner = (each: unknown, at: string): JsonSchema => (isSchema(each) ? annotated(each, at) : {});
  const bare = (each: unknown): JsonSchema => {
    if (!isSchema(each)) return {};
    // A branch of a choice is the same key: its text stands on the key itself.
    const {
      description: _,
      markdownDescription: _markdown,
      default: _default,
      examples: _examples,
      ...rest
    } = annotated(each, path);
    return rest;
  };
  const properties =
    schema.properties &&
    Object.fromEntries(
      Object.entries(schema.properties).map(([name, each]) => [
        name,
        inner(each, path === "" ? name : `${path}.${name}`),
      ]),
    );
  return {
    ...schema,
    ...(properties ? { properties } : {}),
    ...(schema.anyOf ? { anyOf: schema.anyOf.map(bare) } : {}),
    ...(isSchema(schema.items) ? { items: bare(schema.items) } : {}),
    ...(doc
      ? {
          description: doc.sentence,
          markdownDescription: doc.markdown,
          ...(doc.default === undefined ? {} : { default: doc.default }),
        }
      : {}),
  };
}

/** Draft 7. The committed `schemas/finetune.schema.json` is this, printed. */
export function jsonSchema(): JsonSchema {
  return {
    ...annotated(rawJsonSchema(), ""),
    title: "Unsloth fine-tuning config",
    description: "What to fine-tune, on which data, how and where.",
  };
}
