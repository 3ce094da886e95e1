/** A resolved config and the hashes of its files → the plan that the trainer gets. */
import { planSchema, type Plan, type ResolvedConfig } from "../run/plan.ts";
import { canonicalJson } from "./canonical-json.ts";
import { omit } from "./value.ts";

/** Size and hash of a local input, by its id in `config.locals`. */
export type InputFacts = Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;

const unlabelled = (datasets: Plan["dataset"]) => datasets.map((dataset) => omit(dataset, "label"));

/** What identifies the training itself: no names, places, targets, exports or logging. */
function identity(plan: Omit<Plan, "plan_id">): unknown {
  return {
    ...omit(plan, "name", "compute", "save", "limits"),
    model: { ...plan.model, name: plan.model.input === null ? plan.model.name : null },
    dataset: unlabelled(plan.dataset),
    eval_dataset: plan.eval_dataset && unlabelled(plan.eval_dataset),
    training: omit(plan.training, "logging_steps", "report_to"),
    inputs: Object.fromEntries(Object.entries(plan.inputs).map(([id, input]) => [id, omit(input, "source")])),
  };
}

/**
 * Throws when `inputs` lacks a local input of the config: the caller hashes all of `config.locals` first.
 * `sha256` gives lower-case hexadecimal digits of the UTF-8 text.
 */
export function toPlan(config: ResolvedConfig, inputs: InputFacts, sha256: (text: string) => string): Plan {
  const named = Object.fromEntries(
    Object.entries(config.locals).map(([id, { source, kind }]) => {
      const facts = inputs[id];
      if (facts === undefined) throw new Error(`No size and hash for the input ${id} (${source}).`);
      return [id, { source, kind, bytes: facts.bytes, sha256: facts.sha256 }];
    }),
  );
  const plan = { version: 1 as const, ...omit(config, "locals"), inputs: named };
  return planSchema.parse({ ...plan, plan_id: sha256(canonicalJson(identity(plan))) });
}
