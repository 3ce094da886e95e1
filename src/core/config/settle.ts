/** A draft with every default filled in: what the plan will say, and what estimates read. */
import type { ResolvedConfig } from "../run/plan.ts";
import { fileName } from "./paths.ts";
import type { ConfigPath } from "./problem.ts";
import type { Draft } from "./schema.ts";
import type { PathKind, SettleContext } from "./settle/context.ts";
import { settleDatasets, testSize } from "./settle/dataset.ts";
import { settleLora } from "./settle/lora.ts";
import { settleModel } from "./settle/model.ts";
import { settleCompute, settleSave } from "./settle/output.ts";
import { settleTraining } from "./settle/training.ts";

/** The name of a run without a `name`: from its file, or from the folder of a plain `finetune.yaml`. */
function defaultName(path: string): string {
  const file = fileName(path)
    .replace(/\.ya?ml$/i, "")
    .replace(/\.?finetune$/i, "");
  const folder = path.replaceAll("\\", "/").split("/").at(-2) ?? "";
  const name = (file || folder).replaceAll(/[^A-Za-z0-9._ -]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return name.slice(0, 80) || "finetune";
}

/** Null when the model or the data is not named yet. */
export function settle(
  draft: Draft,
  path: string,
  locate: (at: ConfigPath, path: string) => string,
  kindOf: (place: string) => PathKind,
): ResolvedConfig | null {
  const context: SettleContext = { locate, kindOf, locals: {} };
  const model = draft.model?.name;
  const dataset = settleDatasets(context, draft, "dataset");
  if (model === undefined || dataset.length === 0) return null;
  const held = settleDatasets(context, draft, "eval_dataset");
  return {
    name: draft.name ?? defaultName(path),
    model: settleModel(context, draft, model),
    lora: settleLora(draft),
    dataset,
    eval_dataset: held.length > 0 ? held : null,
    test_size: held.length > 0 ? null : testSize(draft),
    training: settleTraining(context, draft),
    save: settleSave(draft),
    ...settleCompute(draft),
    locals: context.locals,
  };
}
