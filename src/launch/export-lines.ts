/** What `finetune_trainer export` prints, one JSON object a line, wherever it runs. */
import * as z from "zod";

const lineSchema = z.discriminatedUnion("type", [
  z.looseObject({
    type: z.literal("phase"),
    state: z.string(),
    name: z.string(),
    detail: z.string().nullish(),
  }),
  z.looseObject({ type: z.literal("artifact"), kind: z.string(), path: z.string(), bytes: z.number() }),
  z.looseObject({
    type: z.literal("error"),
    code: z.string(),
    message: z.string(),
    hint: z.string().nullish(),
  }),
]);
export type ExportLine = z.infer<typeof lineSchema>;
export type Exported = Extract<ExportLine, { type: "artifact" }>;

/** null: something else; libraries print on stdout too. */
export function readExportLine(line: string): ExportLine | null {
  if (!line.startsWith("{")) return null;
  try {
    return lineSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
