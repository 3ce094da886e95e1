/** How many rows a run took at once, read from its plan whatever version that has. */
import * as z from "zod";
import { readJson } from "./json-file.ts";
import { planFile } from "./run-files.ts";

export interface Batches {
  /** Rows at once. */
  readonly rows: number;
  /** How often before a step of the optimiser. */
  readonly times: number;
}

const batchSchema = z.looseObject({
  training: z.looseObject({
    per_device_train_batch_size: z.int().positive(),
    gradient_accumulation_steps: z.int().positive(),
  }),
});

/** null: the plan is gone, or says it in other words. */
export async function batchesOf(folder: string): Promise<Batches | null> {
  const plan = await readJson(planFile(folder), batchSchema);
  if (plan === null) return null;
  const { per_device_train_batch_size: rows, gradient_accumulation_steps: times } = plan.training;
  return { rows, times };
}
