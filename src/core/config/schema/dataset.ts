import * as z from "zod";
import { DATA_FORMATS } from "../../run/plan.ts";
import { flag, section, text, whole } from "./section.ts";

const source = {
  path: text,
  name: text,
  split: text,
  revision: text,
  format: z.enum(DATA_FORMATS),
  columns: z.record(z.string(), text),
  prompt_template: text,
  chat_template: text,
  train_on_responses_only: z.union([flag, z.enum(["auto", "last"])]),
  overlength: z.enum(["auto", "split", "drop", "truncate"]),
  system_message: z.string(),
  max_samples: whole(1),
  shuffle: flag,
  weight: z.number().gt(0),
  dataset_num_proc: whole(1),
};

export const datasetSection = section({
  ...source,
  // A share of the rows below 1, whole rows from 1 on.
  test_size: z.union([z.number().gt(0).lt(1), whole(1)]),
});

export const evalDatasetSection = section(source);
