/** Every rule, in the order in which a reader meets the keys. */
import type { Rule } from "../rule.ts";
import { data } from "./data.ts";
import { dataset } from "./dataset.ts";
import { evaluation } from "./evaluation.ts";
import { loading } from "./loading.ts";
import { lora } from "./lora.ts";
import { machine } from "./machine.ts";
import { memory } from "./memory.ts";
import { methods } from "./methods.ts";
import { modal } from "./modal.ts";
import { model } from "./model.ts";
import { freeSections } from "./free-sections.ts";
import { neighbours } from "./neighbours.ts";
import { optimiser } from "./optimiser.ts";
import { packing } from "./packing.ts";
import { paths } from "./paths.ts";
import { precision } from "./precision.ts";
import { required } from "./required.ts";
import { saving } from "./saving.ts";
import { schedule } from "./schedule.ts";
import { secrets } from "./secrets.ts";
import { severalGpus } from "./several-gpus.ts";
import { targets } from "./targets.ts";
import { templates } from "./templates.ts";
import { yamlTraps } from "./yaml-traps.ts";

export const RULES: readonly Rule[] = [
  required,
  neighbours,
  secrets,
  yamlTraps,
  freeSections,
  paths,
  model,
  loading,
  precision,
  lora,
  targets,
  dataset,
  templates,
  data,
  methods,
  schedule,
  optimiser,
  packing,
  evaluation,
  saving,
  machine,
  severalGpus,
  modal,
  memory,
];
