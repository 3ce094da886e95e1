/**
 * Contract A, first half: the keys of a `*.finetune.yaml`. zod is the only validator; the JSON schema,
 * completion, hover and every message about a key are derived from this.
 */
import * as z from "zod";
import { computeSection } from "./schema/compute.ts";
import { datasetSection, evalDatasetSection } from "./schema/dataset.ts";
import { loraSection } from "./schema/lora.ts";
import { modelSection } from "./schema/model.ts";
import { saveSection } from "./schema/save.ts";
import { oneOrMany, section, text, type Settled } from "./schema/section.ts";
import { trainingSection } from "./schema/training.ts";

/** Datasets of a mix, and outputs: far more than anybody names by hand. */
export const MOST_ITEMS = 200;

export const configSchema = section({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._ -]*$/)
    .max(80)
    .describe("up to 80 letters, digits, dots, dashes and blanks"),
  extends: oneOrMany(text),
  // A text alone is the name of the model, or the path of the data.
  model: z.union([text, modelSection]),
  lora: loraSection,
  dataset: z.union([
    text,
    datasetSection,
    z
      .array(z.union([text, datasetSection]))
      .min(1)
      .max(MOST_ITEMS),
  ]),
  eval_dataset: z.union([
    text,
    evalDatasetSection,
    z
      .array(z.union([text, evalDatasetSection]))
      .min(1)
      .max(MOST_ITEMS),
  ]),
  training: trainingSection,
  save: z.union([saveSection, z.array(saveSection).max(MOST_ITEMS)]),
  compute: computeSection,
});

export type ModelInput = Settled<z.infer<typeof modelSection>>;
export type LoraInput = Settled<z.infer<typeof loraSection>>;
export type DatasetInput = Settled<z.infer<typeof datasetSection>>;
export type TrainingInput = Settled<z.infer<typeof trainingSection>>;
export type SaveInput = Settled<z.infer<typeof saveSection>>;
export type ComputeInput = Settled<z.infer<typeof computeSection>>;

/** A config as the checks see it: merged, texts written out to sections, only keys with a valid value. */
export interface Draft {
  readonly name?: string;
  readonly model?: ModelInput;
  readonly lora?: LoraInput;
  readonly dataset?: DatasetInput | DatasetInput[];
  readonly eval_dataset?: DatasetInput | DatasetInput[];
  readonly training?: TrainingInput;
  readonly save?: SaveInput | SaveInput[];
  readonly compute?: ComputeInput;
}
