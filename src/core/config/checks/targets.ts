import { closest } from "../closest.ts";
import { SEVEN_TARGETS } from "../defaults.ts";
import type { Fix, Problem } from "../problem.ts";
import { bestFix, deleteEdit, error, fix, hint, setEdit, warning, type Rule } from "../rule.ts";
import { modelFacts, type ModelFacts } from "./model-facts.ts";

const PATH = ["lora", "target_modules"];
const WHOLE = new Set(["embed_tokens", "lm_head"]);
/** A pattern, not a name: PEFT matches it against whole module paths. */
const isPattern = (name: string): boolean => /[.*+?()|^$\\]/.test(name);

/** The targets that a model has: the seven where they exist, else all of its linear layers. */
function targetsOf(facts: ModelFacts | undefined): readonly string[] {
  if (facts === undefined || facts.modules.length === 0) return SEVEN_TARGETS;
  const usual = SEVEN_TARGETS.filter((name) => facts.modules.includes(name));
  return usual.length === SEVEN_TARGETS.length ? SEVEN_TARGETS : facts.modules;
}

function unknownTarget(name: string, index: number, facts: ModelFacts): Problem {
  const like = closest(name, facts.modules);
  const list = targetsOf(facts);
  const fixes: Fix[] = [];
  if (like !== undefined) fixes.push(bestFix(`Use ${like}`, setEdit([...PATH, index], like)));
  fixes.push((like === undefined ? bestFix : fix)("Use the model's own layers", setEdit(PATH, [...list])));
  return error("target-module-unknown", [...PATH, index], {
    message: `${facts.display} has no module ${name}; it has ${list.join(", ")}.`,
    fixes,
  });
}

/** Names of target modules against the layers of the model. */
export const targets: Rule = ({ draft }) => {
  const list = draft.lora?.target_modules;
  if (!Array.isArray(list) || draft.model?.full_finetuning) return [];
  const facts = modelFacts(draft.model?.name);
  const seen = new Set<string>();
  return list.flatMap((name, index): Problem[] => {
    const at = [...PATH, index];
    if (name === "all-linear") {
      return [
        error("all-linear-in-list", at, {
          message: "all-linear is a value of its own, not an item of a list.",
          fixes: [
            bestFix("Write target_modules: all-linear", setEdit(PATH, "all-linear")),
            fix("Use the model's own layers", setEdit(PATH, [...targetsOf(facts)])),
          ],
        }),
      ];
    }
    if (seen.has(name)) {
      return [
        warning("duplicate-item", at, {
          message: `${name} is in the list already.`,
          fixes: [bestFix("Remove it", deleteEdit(at))],
        }),
      ];
    }
    seen.add(name);
    if (WHOLE.has(name)) {
      return [
        hint("target-trained-whole", at, {
          message: `${name} gets no adapter: Unsloth trains a full copy of it, as with modules_to_save.`,
        }),
      ];
    }
    if (facts === undefined || facts.modules.length === 0 || isPattern(name) || facts.modules.includes(name))
      return [];
    return [unknownTarget(name, index, facts)];
  });
};
